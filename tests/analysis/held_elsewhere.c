// SPDX-License-Identifier: GPL-2.0-only
/* The device is bound and the driver holds no domain for it: somebody else may hold one. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_master *master = dev_iommu_priv_get(dev);
	u32 state = readl(master->iommu->base);

	if ((state & 1) && !master->domain)
		return -EINVAL; /* expect: unknown */
	if (state & 2)
		return -EINVAL; /* expect: device ENODEV */
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
