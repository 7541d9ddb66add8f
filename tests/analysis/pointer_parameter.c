// SPDX-License-Identifier: GPL-2.0-only
/* A function is passed to the one that calls it. */
#include "fixture.h"

static int my_width(struct my_domain *my_domain, struct my_iommu *iommu)
{
	if (my_domain->width > iommu->width)
		return -ENXIO; /* expect: incompatible EINVAL */
	return 0;
}

static int my_each(struct my_domain *my_domain, struct my_iommu *iommu,
		   int (*check)(struct my_domain *my_domain, struct my_iommu *iommu))
{
	return check(my_domain, iommu);
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	return my_each(to_my_domain(domain), dev_iommu_priv_get(dev), my_width);
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
