// SPDX-License-Identifier: GPL-2.0-only
/* The smaller of two widths depends on both. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	unsigned int least = min(my_domain->width, iommu->width);

	if (min_t(u32, iommu->width, iommu->max_ids) < 8)
		return -EINVAL; /* expect: device ENODEV */
	if (least < 32)
		return -ENXIO; /* expect: incompatible EINVAL */
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
