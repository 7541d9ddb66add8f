// SPDX-License-Identifier: GPL-2.0-only
/* Which ops a domain has is what it asks for, and no sign that it fits the device. */
#include "fixture.h"

static const struct iommu_domain_ops my_first_ops;

static bool my_is_first(struct my_domain *my_domain)
{
	return my_domain->domain.ops == &my_first_ops;
}

static int my_compatible(struct my_iommu *iommu)
{
	if (!iommu->width)
		return -EINVAL; /* expect: incompatible EINVAL */
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	if (my_is_first(my_domain))
		return my_compatible(iommu);
	if (domain->ops == &my_first_ops) {
		if (iommu->broken)
			return -ENODEV; /* expect: incompatible EINVAL */
	}
	return 0;
}

static const struct iommu_domain_ops my_first_ops = {
	.attach_dev = my_attach_dev,
};
