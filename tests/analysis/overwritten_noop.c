// SPDX-License-Identifier: GPL-2.0-only
/* A constant that is overwritten on every path before it could leave. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	int ret = 0;

	if (!iommu->width)
		ret = -EINVAL;
	ret = my_hw_start(iommu);
	if (ret)
		my_log(dev, ret);
	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
