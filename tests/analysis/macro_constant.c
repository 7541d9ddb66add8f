// SPDX-License-Identifier: GPL-2.0-only
/* A constant behind a macro of the driver. */
#include "fixture.h"

#define MY_MISSING (-ENODEV)

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	if (!dev_iommu_priv_get(dev))
		return MY_MISSING;

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
