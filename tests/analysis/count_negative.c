// SPDX-License-Identifier: GPL-2.0-only
/* A count that may be an errno too: only a negative one goes on. */
#include "fixture.h"

static int my_count(struct my_iommu *iommu)
{
	if (!iommu->max_ids)
		return -EINVAL; /* expect: device ENODEV */
	if (iommu->width)
		return 2;
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	int n = my_count(dev_iommu_priv_get(dev));

	if (n < 0)
		return -ENXIO; /* expect: swallowed propagate */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
