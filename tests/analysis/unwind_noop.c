// SPDX-License-Identifier: GPL-2.0-only
/* The unwinding labels throw the value away. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	int ret = 0;

	if (iommu->broken) {
		ret = -EIO;
		goto put;
	}
	return ret;
put:
	my_put(iommu);
	ret = 0;
	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
