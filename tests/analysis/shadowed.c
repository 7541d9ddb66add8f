// SPDX-License-Identifier: GPL-2.0-only
/* A local variable hides another one of the same name: nothing is certain here. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	int ret = 0;

	if (iommu->width) {
		int ret = my_hw_start(dev);

		my_log(dev, ret);
	}
	if (iommu->broken)
		ret = -EINVAL; /* expect: unknown */
	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
