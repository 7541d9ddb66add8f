// SPDX-License-Identifier: GPL-2.0-only
/* The same helper, called with the device's object only. */
#include "fixture.h"

static int my_check_width(unsigned int width)
{
	if (width > 48)
		return -EINVAL; /* expect: device ENODEV */
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	return my_check_width(iommu->width);
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
