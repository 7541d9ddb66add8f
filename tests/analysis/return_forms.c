// SPDX-License-Identifier: GPL-2.0-only
/* Parentheses, casts and both in one. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);

	if (!iommu)
		return (-ENODEV); /* expect: device ENODEV */
	if (iommu->broken)
		return (int)-ENXIO; /* expect: device ENODEV */
	if (my_domain->width > iommu->width)
		return -(EFAULT); /* expect: incompatible EINVAL */
	if (my_domain->dev)
		return(- EBUSY); /* expect: incompatible EINVAL */
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
