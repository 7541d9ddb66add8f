// SPDX-License-Identifier: GPL-2.0-only
/* A variable called domain that is the device's, and one called dev that is the domain's. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *dev, struct device *domain)
{
	struct my_iommu *my_domain = dev_iommu_priv_get(domain);
	struct my_domain *iommu = to_my_domain(dev);

	if (!my_domain)
		return -EINVAL; /* expect: device ENODEV */
	if (iommu->width > 39)
		return -EFAULT; /* expect: incompatible EINVAL */
	if (my_domain->width > 39)
		return -EINVAL; /* expect: device ENODEV */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
