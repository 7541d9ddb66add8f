// SPDX-License-Identifier: GPL-2.0-only
/* The variable that held the callee's code holds something else by then. */
#include "fixture.h"

static int my_enable(struct my_iommu *iommu)
{
	if (iommu->broken)
		return -EIO;
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	int ret = my_enable(dev_iommu_priv_get(dev));

	if (ret) {
		ret = my_disable(dev);
		my_log(dev, ret);
		return -EINVAL; /* expect: swallowed propagate review */
	}
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
