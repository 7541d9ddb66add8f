// SPDX-License-Identifier: GPL-2.0-only
/* A ret that is a count, and a count that is an errno. */
#include "fixture.h"

static int my_check(struct my_iommu *iommu)
{
	return iommu->broken ? -EIO : 0; /* expect: device ENODEV */
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	int ret = iommu->max_ids, count;

	if (ret > 32)
		return -EINVAL; /* expect: device ENODEV */

	count = my_check(iommu);
	if (count)
		return -EINVAL; /* expect: swallowed propagate */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
