// SPDX-License-Identifier: GPL-2.0-only
/* Runtime PM calls back into the driver's own resume hook. */
#include "fixture.h"

static int my_resume(struct device *dev)
{
	struct my_iommu *iommu = dev_get_drvdata(dev);

	if (iommu->broken)
		return -EINVAL; /* expect: device ENODEV */
	return 0;
}

static const struct dev_pm_ops my_pm_ops = {
	.runtime_resume = my_resume,
};

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	int ret = pm_runtime_get_sync(iommu->dev);

	if (ret < 0)
		return ret;
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
