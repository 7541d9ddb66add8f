// SPDX-License-Identifier: GPL-2.0-only
/* A status of an unsigned type, whatever it is called. */
#include "fixture.h"

static u8 my_hw_register(struct my_iommu *iommu)
{
	return iommu->width & 3;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	int rc = my_hw_register(dev_iommu_priv_get(dev));

	if (rc)
		return -EINVAL; /* expect: unknown */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
