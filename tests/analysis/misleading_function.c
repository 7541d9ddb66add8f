// SPDX-License-Identifier: GPL-2.0-only
/* A function called check_domain that reads only the device, and its opposite. */
#include "fixture.h"

static bool check_domain(struct iommu_domain *domain, struct my_iommu *iommu)
{
	return iommu->width > 32;
}

static bool check_device(struct my_domain *my_domain, struct device *dev)
{
	return my_domain->width > 32;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	if (!check_domain(domain, dev_iommu_priv_get(dev)))
		return -EINVAL; /* expect: device ENODEV */
	if (!check_device(to_my_domain(domain), dev))
		return -EPERM; /* expect: incompatible EINVAL */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
