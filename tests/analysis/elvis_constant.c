// SPDX-License-Identifier: GPL-2.0-only
/* Behind ?: a constant says only that the callee ended well. */
#include "fixture.h"

static int my_check(struct my_iommu *iommu)
{
	if (iommu->broken)
		return -EIO; /* expect: device ENODEV */
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	int ret = my_check(dev_iommu_priv_get(dev));

	return ret ?: -EINVAL; /* expect: unknown */
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
