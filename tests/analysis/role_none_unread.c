// SPDX-License-Identifier: GPL-2.0-only
/* The twin of a parameter without a role: it is handed on, and nothing is read from it. */
#include "fixture.h"

static int my_enable(struct my_iommu *iommu, struct iommu_domain *old)
{
	if (iommu->broken)
		return -EINVAL; /* expect: device ENODEV */
	my_forget(old);
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev,
			 struct iommu_domain *old)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	if (to_my_domain(domain)->width > iommu->width)
		return -ENODEV; /* expect: incompatible EINVAL */

	return my_enable(iommu, old);
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
