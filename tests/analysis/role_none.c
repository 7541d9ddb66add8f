// SPDX-License-Identifier: GPL-2.0-only
/* A parameter without a role belongs neither to the domain nor to the device, and is no constant. */
#include "fixture.h"

static int my_leave(struct iommu_domain *from, struct my_iommu *iommu)
{
	if (from->type == IOMMU_DOMAIN_NESTED)
		return -EINVAL; /* expect: unknown */
	if (!iommu->max_ids)
		return -EINVAL; /* expect: device ENODEV */
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev,
			 struct iommu_domain *old)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	if (old->type == IOMMU_DOMAIN_DMA && !iommu->width)
		return -EINVAL; /* expect: unknown */
	if (!old)
		return -EINVAL; /* expect: unknown */
	if (to_my_domain(old)->iommu != iommu)
		return -EINVAL; /* expect: unknown */
	if (to_my_domain(domain)->iommu != iommu)
		return -EXDEV; /* expect: incompatible EINVAL */

	return my_leave(old, iommu);
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
