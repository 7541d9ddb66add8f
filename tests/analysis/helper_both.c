// SPDX-License-Identifier: GPL-2.0-only
/* One helper, called with the domain's and with the device's object. */
#include "fixture.h"

static int my_check_width(unsigned int width)
{
	if (width > 48)
		return -EINVAL; /* expect: unknown */
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	int ret;

	ret = my_check_width(iommu->width);
	if (ret)
		return ret;

	return my_check_width(to_my_domain(domain)->width);
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
