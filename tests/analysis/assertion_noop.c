// SPDX-License-Identifier: GPL-2.0-only
/* Assertions that nothing depends on. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	WARN_ON(!iommu->width);
	if (WARN_ON(iommu->broken))
		my_log(dev, -EIO);
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
