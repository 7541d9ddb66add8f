// SPDX-License-Identifier: GPL-2.0-only
/* What a function of another file made of a member's address may depend on the domain. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	struct my_info info;
	struct my_limits *limits;
	int n;

	other_fill(&my_domain->table, &info);
	if (info.width > iommu->width)
		return -EINVAL; /* expect: unknown */
	limits = other_limits(iommu, &domain->geometry);
	if (limits->low)
		return -EINVAL; /* expect: unknown */
	n = other_count(&my_domain->devices);
	if (iommu->max_ids < n)
		return -EINVAL; /* expect: unknown */
	if (other_reach(my_domain->table) != iommu->width)
		return -EINVAL; /* expect: unknown */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
