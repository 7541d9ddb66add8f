// SPDX-License-Identifier: GPL-2.0-only
/* A status that the hardware gives is turned into errnos: no cause follows. */
#include "fixture.h"

static int my_errno(u32 status)
{
	switch (status & 0xf) {
	case 0:
		return 0;
	case 1:
		return -EINVAL; /* expect: unknown */
	case 2:
		return -EBUSY; /* expect: unknown */
	default:
		return -EIO; /* expect: unknown */
	}
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	return my_errno(readl(iommu->base));
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
