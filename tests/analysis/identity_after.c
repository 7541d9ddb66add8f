// SPDX-License-Identifier: GPL-2.0-only
/* A refusal behind an early exit for this very domain still depends on what the domain is like. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	if (domain == iommu->active)
		return 0;
	if (my_domain->width > iommu->width)
		return -ENXIO; /* expect: incompatible EINVAL */
	if (my_domain->iommu != iommu)
		return -EXDEV; /* expect: incompatible EINVAL */
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
