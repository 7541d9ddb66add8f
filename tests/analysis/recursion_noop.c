// SPDX-License-Identifier: GPL-2.0-only
/* A recursion without any constant. */
#include "fixture.h"

static int my_walk(struct my_iommu *iommu)
{
	if (!iommu)
		return 0;
	return my_walk(my_parent(iommu));
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	return my_walk(dev_iommu_priv_get(dev));
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
