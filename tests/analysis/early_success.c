// SPDX-License-Identifier: GPL-2.0-only
/* The constant is what remains when the domain fits nowhere. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	if (my_domain->iommu == iommu)
		return 0;

	return -EXDEV; /* expect: incompatible EINVAL */
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
