// SPDX-License-Identifier: GPL-2.0-only
/* A member that was written on one path only still tells of the domain. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	if (iommu->broken)
		my_domain->width = iommu->width;
	if (my_domain->width > 39)
		return -ERANGE; /* expect: incompatible EINVAL */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
