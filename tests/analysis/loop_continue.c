// SPDX-License-Identifier: GPL-2.0-only
/* A value that lasts only if no later round overwrites it. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_master *master = dev_iommu_priv_get(dev);
	int i, ret = 0;

	for (i = 0; i < master->num_ids; i++) {
		if (master->ids[i] < master->iommu->max_ids)
			continue;
		ret = -EINVAL; /* expect: device ENODEV */
	}
	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
