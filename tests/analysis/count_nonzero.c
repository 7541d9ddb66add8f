// SPDX-License-Identifier: GPL-2.0-only
/* A count that may be an errno too, tested as if it were a flag. */
#include "fixture.h"

static int my_count(struct my_iommu *iommu)
{
	if (!iommu->max_ids)
		return -EINVAL;
	if (iommu->width)
		return 2;
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	int n = my_count(dev_iommu_priv_get(dev));

	if (n)
		return -ENXIO; /* expect: unknown */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
