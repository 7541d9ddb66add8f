// SPDX-License-Identifier: GPL-2.0-only
/* The errno says memory, the check says the domain: no errno of memory becomes the reserved one. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	if (to_my_domain(domain)->width > iommu->width)
		return -ENOMEM; /* expect: unknown */
	if (!iommu->max_ids)
		return -ENOSPC; /* expect: device ENODEV */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
