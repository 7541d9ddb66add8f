// SPDX-License-Identifier: GPL-2.0-only
/* A conditional in a conditional, assigned. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	int ret;

	ret = !iommu ? -ENXIO : /* expect: device ENODEV */
	      (iommu->active && iommu->active != domain) ? -EINVAL : /* expect: busy EBUSY */
	      0;
	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
