// SPDX-License-Identifier: GPL-2.0-only
/* The same comparison, and the domain is simply replaced. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	if (iommu->active && iommu->active != domain)
		my_detach(iommu);

	iommu->active = domain;
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
