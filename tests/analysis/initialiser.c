// SPDX-License-Identifier: GPL-2.0-only
/* An initialiser that reaches the return by one way. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	int count = 0, ret = -EINVAL; /* expect: device ENODEV */

	if (iommu && !iommu->broken)
		ret = 0;

	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
