// SPDX-License-Identifier: GPL-2.0-only
/* The constant behind checks that failed by themselves has no guard of its own. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	if (to_my_domain(domain)->dev)
		return -EBUSY; /* expect: incompatible EINVAL */
	if (iommu->broken)
		return -EIO; /* expect: device ENODEV */

	return -EINVAL; /* expect: unknown */
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
