// SPDX-License-Identifier: GPL-2.0-only
/* A counter of the domain's own is full: a fresh domain has room. A setting of its own says less. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	if (my_domain->width == 4)
		return -ENOSPC; /* expect: incompatible EINVAL */
	if (my_domain->type == 4)
		return -ENOSPC; /* expect: unknown */
	if (my_domain->width == iommu->width)
		return -ENOSPC; /* expect: unknown */
	my_domain->width++;
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
