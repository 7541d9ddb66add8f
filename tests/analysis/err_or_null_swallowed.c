// SPDX-License-Identifier: GPL-2.0-only
/* An errno and a null pointer are not told apart: 0 must not be handed on. */
#include "fixture.h"

static struct clk *my_clock(struct my_iommu *iommu)
{
	if (iommu->broken)
		return ERR_PTR(-EIO);
	return iommu->width ? my_clock_of(iommu) : NULL;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct clk *clk = my_clock(dev_iommu_priv_get(dev));

	if (IS_ERR_OR_NULL(clk))
		return -EINVAL; /* expect: unknown */
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
