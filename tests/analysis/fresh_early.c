// SPDX-License-Identifier: GPL-2.0-only
/* Set-up behind an early return for a domain that is set up already. */
#include "fixture.h"

static int my_finalise(struct my_domain *my_domain, struct my_iommu *iommu)
{
	if (my_domain->table)
		return 0;

	if (my_domain->width > iommu->width)
		return -EINVAL; /* expect: unknown */

	my_domain->table = my_tables(iommu);
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	return my_finalise(to_my_domain(domain), dev_iommu_priv_get(dev));
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
