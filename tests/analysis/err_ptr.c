// SPDX-License-Identifier: GPL-2.0-only
/* An errno in a pointer comes back as a number. */
#include "fixture.h"

static struct my_iommu *my_find(struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	if (!iommu)
		return ERR_PTR(-ENXIO); /* expect: device ENODEV */

	return iommu;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = my_find(dev);

	if (IS_ERR(iommu))
		return PTR_ERR(iommu);

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
