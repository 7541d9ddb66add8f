// SPDX-License-Identifier: GPL-2.0-only
/* A helper's errno becomes a bool, and the bool is what the guard reads. */
#include "fixture.h"

static int my_check(struct my_iommu *iommu)
{
	if (iommu->broken)
		return -EIO;
	return 0;
}

static bool my_is_fine(struct my_iommu *iommu)
{
	return my_check(iommu) == 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	if (!my_is_fine(iommu))
		return -EINVAL; /* expect: device ENODEV */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
