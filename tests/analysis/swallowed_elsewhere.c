// SPDX-License-Identifier: GPL-2.0-only
/* The tested variable is in the caller, the constant is not. */
#include "fixture.h"

static int my_enable(struct my_iommu *iommu)
{
	if (iommu->broken)
		return -EIO;
	return 0;
}

static int my_give_up(struct device *dev)
{
	int ret = 0;

	my_log(dev, ret);
	return -EINVAL; /* expect: swallowed propagate review */
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	int ret = my_enable(dev_iommu_priv_get(dev));

	if (ret)
		return my_give_up(dev);
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
