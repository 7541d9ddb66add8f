// SPDX-License-Identifier: GPL-2.0-only
/* NULL and a pointer-error in one check: each has its own arm. */
#include "fixture.h"

static struct my_iommu *my_find(struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	if (iommu && iommu->broken)
		return ERR_PTR(-EIO); /* expect: device ENODEV */

	return iommu;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = my_find(dev);

	if (IS_ERR_OR_NULL(iommu))
		return iommu ? PTR_ERR(iommu) : -ENODEV; /* expect: device ENODEV */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
