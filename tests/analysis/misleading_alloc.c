// SPDX-License-Identifier: GPL-2.0-only
/* A function called alloc that allocates nothing. */
#include "fixture.h"

static u32 *kzalloc_state(struct my_iommu *iommu)
{
	return iommu->broken ? NULL : iommu->dev->data;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	u32 *state = kzalloc_state(dev_iommu_priv_get(dev));

	if (!state)
		return -EINVAL; /* expect: device ENODEV */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
