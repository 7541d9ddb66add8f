// SPDX-License-Identifier: GPL-2.0-only
/* A loop with its condition at the foot. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_master *master = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);
	int i = 0, ret;

	do {
		ret = -EBUSY; /* expect: incompatible EINVAL */
		if (my_domain->id == master->ids[i])
			break;
		ret = 0;
	} while (++i < master->num_ids);

	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
