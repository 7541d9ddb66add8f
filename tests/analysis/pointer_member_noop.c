// SPDX-License-Identifier: GPL-2.0-only
/* The pointer's errno is dropped. */
#include "fixture.h"

static int my_prepare(struct device *dev)
{
	if (!dev->of_node)
		return -EINVAL;
	return 0;
}

static void my_setup(struct my_iommu *iommu)
{
	iommu->prepare = my_prepare;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	if (iommu->prepare)
		iommu->prepare(dev);
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
