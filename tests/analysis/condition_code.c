// SPDX-License-Identifier: GPL-2.0-only
/* A condition code is tested and replaced: it must never be returned, whatever it means. */
#include "fixture.h"

static int my_hw_register(struct my_iommu *iommu)
{
	if (iommu->width > 32)
		return 3;
	if (iommu->width > 16)
		return 1;
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	int cc;

	cc = my_hw_register(dev_iommu_priv_get(dev));
	if (cc)
		return -EIO; /* expect: device ENODEV */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
