// SPDX-License-Identifier: GPL-2.0-only
/* The cases of a switch over the domain's type, one of them the default. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	switch (domain->type) {
	case IOMMU_DOMAIN_DMA:
		return 0;
	case IOMMU_DOMAIN_IDENTITY:
		return -EOPNOTSUPP; /* expect: incompatible EINVAL */
	default:
		return -ENODEV; /* expect: incompatible EINVAL */
	}
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
