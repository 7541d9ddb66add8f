// SPDX-License-Identifier: GPL-2.0-only
/* What an instruction of the machine or a tree of nodes finds is looked for all the same. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	int n = ffz(*iommu->id_map);

	if (n >= 16)
		return -EINVAL; /* expect: nospc ENOSPC */
	if (ffz_mine(*iommu->id_map) >= 16)
		return -EINVAL; /* expect: device ENODEV */
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
