// SPDX-License-Identifier: GPL-2.0-only
/* An alias of the domain, taken before the check. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	struct my_domain *that = my_domain;
	unsigned int bits;

	bits = that->width;
	if (bits > 39)
		return -ERANGE; /* expect: incompatible EINVAL */

	bits = iommu->width;
	if (bits > 39)
		return -EINVAL; /* expect: device ENODEV */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
