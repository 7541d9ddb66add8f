// SPDX-License-Identifier: GPL-2.0-only
/* Callees whose errno nobody looks at. */
#include "fixture.h"

static int my_quirk(struct my_iommu *iommu)
{
	if (iommu->broken)
		return -EINVAL;
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	int ret;

	my_quirk(iommu);
	(void)my_quirk(iommu);
	ret = my_quirk(iommu);
	if (my_quirk(iommu) < 0)
		my_log(dev, ret);
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
