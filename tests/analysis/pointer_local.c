// SPDX-License-Identifier: GPL-2.0-only
/* A function pointer in a local variable. */
#include "fixture.h"

static int my_check_old(struct my_iommu *iommu)
{
	return iommu->broken ? -EINVAL : 0; /* expect: device ENODEV */
}

static int my_check_new(struct my_iommu *iommu)
{
	return iommu->max_ids ? 0 : -ENXIO; /* expect: device ENODEV */
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	int (*check)(struct my_iommu *iommu) = my_check_old;

	if (iommu->width > 32)
		check = &my_check_new;

	return (*check)(iommu);
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
