// SPDX-License-Identifier: GPL-2.0-only
/* Each case is overwritten by the one it falls into. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	int ret = -ENODEV;

	switch (domain->type) {
	case IOMMU_DOMAIN_DMA:
		ret = -EBUSY;
		fallthrough;
	default:
		ret = 0;
	}
	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
