// SPDX-License-Identifier: GPL-2.0-only
/* Two blocks have a variable of one name each: neither hides the other. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	if (iommu->width) {
		int ret = -ENODEV;

		my_log(dev, ret);
	} else {
		int ret = my_hw_start(dev);

		return ret;
	}
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
