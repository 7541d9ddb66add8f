// SPDX-License-Identifier: GPL-2.0-only
/* A flag that the callback sets itself tells that somebody came before. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	if (iommu->broken)
		return -EINVAL; /* expect: device ENODEV */
	if (iommu->in_use)
		return -EINVAL; /* expect: unknown */
	iommu->in_use = true;
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
