// SPDX-License-Identifier: GPL-2.0-only
/* Loops without an end: where a return is the only way out, no check is for certain. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	while (1) {
		if (iommu->broken)
			return -EINVAL; /* expect: device ENODEV */
		if (my_ready(iommu))
			break;
	}
	for (;;)
		if (iommu->width)
			return -EINVAL; /* expect: unknown */
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
