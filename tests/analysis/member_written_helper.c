// SPDX-License-Identifier: GPL-2.0-only
/* The member was written before the helper that reads it is called. */
#include "fixture.h"

static int my_check(struct my_domain *my_domain)
{
	if (my_domain->width > 39)
		return -EINVAL; /* expect: device ENODEV */
	if (my_domain->type > 4)
		return -EINVAL; /* expect: incompatible EINVAL */
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	my_domain->width = iommu->width;
	return my_check(my_domain);
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
