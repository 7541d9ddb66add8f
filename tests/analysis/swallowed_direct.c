// SPDX-License-Identifier: GPL-2.0-only
/* The replaced code is in no variable, and there is none: one is declared. */
#include "fixture.h"

static int my_enable(struct my_iommu *iommu)
{
	if (iommu->broken)
		return -EINVAL; /* expect: device ENODEV */
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	if (my_enable(dev_iommu_priv_get(dev)))
		return -ENODEV; /* expect: swallowed propagate */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
