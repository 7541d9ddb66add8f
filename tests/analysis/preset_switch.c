// SPDX-License-Identifier: GPL-2.0-only
/* A preset that only the default of a switch keeps. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	int ret = -ENODEV; /* expect: incompatible EINVAL */

	switch (my_domain->type) {
	case IOMMU_DOMAIN_DMA:
		ret = 0;
		break;
	case IOMMU_DOMAIN_UNMANAGED:
		ret = 0;
		break;
	default:
		break;
	}
	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
