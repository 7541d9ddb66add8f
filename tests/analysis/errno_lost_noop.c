// SPDX-License-Identifier: GPL-2.0-only
/* The mixture of errnos is looked at and nothing comes of it. */
#include "fixture.h"

static int my_one(struct my_iommu *iommu)
{
	return iommu->broken ? -EIO : 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	bool failed = my_one(iommu);
	int ret = -EINVAL;

	if (failed)
		dev_warn(dev, "broken\n");
	ret = 0;
	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
