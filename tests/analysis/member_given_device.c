// SPDX-License-Identifier: GPL-2.0-only
/* The twin: the function of another file got nothing of the domain. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	struct my_info info, other;
	struct my_limits *limits;

	other_fill(&my_domain->table, &other);
	other_fill(&iommu->masters, &info);
	if (info.width > iommu->width)
		return -EINVAL; /* expect: device ENODEV */
	limits = other_limits(iommu, &iommu->id_map);
	if (limits->low)
		return -EINVAL; /* expect: device ENODEV */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
