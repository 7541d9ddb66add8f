// SPDX-License-Identifier: GPL-2.0-only
/* Flags of one variable: that the domain decides one of them tells nothing of the others. */
#include "fixture.h"

#define FLAG_FIRST	1
#define FLAG_SECOND	2

static int my_setup(struct my_iommu *iommu, int flags)
{
	if (flags & FLAG_FIRST) {
		if (iommu->broken)
			return -EINVAL; /* expect: unknown */
	}
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	int flags = 0;

	if (iommu->special)
		flags |= FLAG_FIRST;
	if (my_domain->nested)
		flags |= FLAG_SECOND;
	return my_setup(iommu, flags);
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
