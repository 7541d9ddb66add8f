// SPDX-License-Identifier: GPL-2.0-only
/* The constant behind a loop says that no round was content. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_master *master = dev_iommu_priv_get(dev);
	int i;

	for (i = 0; i < master->num_ids; i++) {
		if (master->ids[i] == master->iommu->width)
			return 0;
	}
	return -EINVAL; /* expect: device ENODEV */
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
