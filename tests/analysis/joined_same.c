// SPDX-License-Identifier: GPL-2.0-only
/* Halves of different causes that want the same errno, or none: nothing is divided. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);

	if (iommu->broken || (iommu->active && iommu->active != domain))
		return -ENXIO; /* expect: device ENODEV; busy EBUSY */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
