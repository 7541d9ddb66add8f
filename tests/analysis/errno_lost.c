// SPDX-License-Identifier: GPL-2.0-only
/* What is kept of a callee's errno is a truth value or a mixture: it cannot be handed on. */
#include "fixture.h"

static int my_one(struct my_iommu *iommu)
{
	return iommu->broken ? -EIO : 0;
}

static int my_two(struct my_iommu *iommu)
{
	return iommu->width ? 0 : -ENXIO;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	bool failed;
	int ret;

	ret = my_one(iommu) || my_two(iommu);
	if (ret)
		return -EINVAL; /* expect: unknown */

	ret = my_one(iommu);
	ret |= my_two(iommu);
	if (ret)
		return -EINVAL; /* expect: unknown */

	if ((ret = my_one(iommu) < 0))
		return -EINVAL; /* expect: unknown */

	failed = my_two(iommu);
	if (failed)
		return -EINVAL; /* expect: unknown */
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
