// SPDX-License-Identifier: GPL-2.0-only
/* A loop left by break keeps the value. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_master *master = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);
	int i, ret = 0;

	for (i = 0; i < master->num_ids; i++) {
		if (master->ids[i] > my_domain->width) {
			ret = -ERANGE; /* expect: incompatible EINVAL */
			break;
		}
		if (master->ids[i] > master->iommu->max_ids) {
			ret = -EINVAL; /* expect: device ENODEV */
			break;
		}
	}
	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
