// SPDX-License-Identifier: GPL-2.0-only
/* GNU's ?: without a middle: the first code, else the next one. */
#include "fixture.h"

static int my_check(struct my_iommu *iommu)
{
	if (iommu->broken)
		return -EINVAL; /* expect: device ENODEV */
	return 0;
}

static int my_fits(struct my_domain *my_domain, struct my_iommu *iommu)
{
	if (my_domain->width > iommu->width)
		return -EFAULT; /* expect: incompatible EINVAL */
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	return my_check(iommu) ?: my_fits(to_my_domain(domain), iommu);
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
