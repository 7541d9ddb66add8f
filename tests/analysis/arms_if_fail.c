// SPDX-License-Identifier: GPL-2.0-only
/* The same with if and else, and alone without a condition around. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);

	if (iommu->broken) {
		if (my_domain->dev)
			return -EBUSY; /* expect: unknown */
		else
			return -EIO; /* expect: unknown */
	}

	if (my_domain->frozen)
		return -EBUSY; /* expect: incompatible EINVAL */
	else
		return -EPERM; /* expect: incompatible EINVAL */
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
