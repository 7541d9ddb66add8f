// SPDX-License-Identifier: GPL-2.0-only
/* What a loop finds is thrown away behind it. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_master *master = dev_iommu_priv_get(dev);
	int i, ret = 0;

	for (i = 0; i < master->num_ids; i++) {
		ret = -EINVAL;
		if (master->ids[i] > 4)
			break;
	}
	ret = 0;
	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
