// SPDX-License-Identifier: GPL-2.0-only
/* A helper computes what the guard reads. */
#include "fixture.h"

static bool my_fits(struct my_domain *my_domain, struct my_iommu *iommu)
{
	if (my_domain->width > iommu->width)
		return false;
	return true;
}

static unsigned int my_width(struct my_iommu *iommu)
{
	return min(iommu->width, 48);
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	if (!my_fits(to_my_domain(domain), iommu))
		return -EFAULT; /* expect: incompatible EINVAL */
	if (my_width(iommu) < 32)
		return -EINVAL; /* expect: device ENODEV */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
