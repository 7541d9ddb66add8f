// SPDX-License-Identifier: GPL-2.0-only
/* The constant is the one that the callee returns and stays: the callee's never gets out. */
#include "fixture.h"

static int my_fits(struct my_domain *my_domain, struct my_iommu *iommu)
{
	if (my_domain->width > iommu->width)
		return -EINVAL;
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	int ret = my_fits(to_my_domain(domain), dev_iommu_priv_get(dev));

	if (ret)
		return -EINVAL; /* expect: incompatible EINVAL */
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
