// SPDX-License-Identifier: GPL-2.0-only
/* A code that is only tested is kept in an error variable that is free here. */
#include "fixture.h"

static int my_enable(struct my_iommu *iommu)
{
	if (iommu->broken)
		return -EIO; /* expect: device ENODEV */
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	int ret;

	if (my_enable(iommu)) {
		my_program(iommu);
		return -EINVAL; /* expect: swallowed propagate */
	}
	ret = my_enable(iommu);
	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
