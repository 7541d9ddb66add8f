// SPDX-License-Identifier: GPL-2.0-only
/* A variable that stands first for the device's, then for the domain's object. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu;

	iommu = to_my_domain(domain)->iommu;
	if (iommu && iommu->broken)
		return -EIO; /* expect: incompatible EINVAL */

	iommu = dev_iommu_priv_get(dev);
	if (iommu->broken)
		return -EINVAL; /* expect: device ENODEV */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
