// SPDX-License-Identifier: GPL-2.0-only
/* The constant is the one that the callee returns: nothing is lost, if both change. */
#include "fixture.h"

static int my_enable(struct my_iommu *iommu)
{
	if (iommu->broken)
		return -EINVAL; /* expect: device ENODEV */
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	int ret = my_enable(dev_iommu_priv_get(dev));

	if (ret)
		return -EINVAL; /* expect: device ENODEV */
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
