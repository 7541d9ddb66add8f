// SPDX-License-Identifier: GPL-2.0-only
/* (u64)(x) is a cast, though the grammar, which knows no typedefs, has a call of u64. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);

	if ((u64)(my_domain->width) > iommu->width)
		return -ENODEV; /* expect: incompatible EINVAL */
	if ((unsigned long)(my_domain->width) > iommu->width)
		return -ENODEV; /* expect: incompatible EINVAL */
	if ((typeof(iommu->width))(my_domain->width) > iommu->width)
		return -ENODEV; /* expect: incompatible EINVAL */
	if ((dma_addr_t)(iommu->width) > iommu->max_ids)
		return -EINVAL; /* expect: device ENODEV */
	if ((my_check)(my_domain->width) > iommu->max_ids)
		return -EINVAL; /* expect: unknown */
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
