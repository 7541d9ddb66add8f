// SPDX-License-Identifier: GPL-2.0-only
/* An id could not be had: the driver's own errno says that ids ran out, or does not. */
#include "fixture.h"

static DEFINE_IDA(my_ida);

static int my_id(struct my_iommu *iommu)
{
	int id = ida_alloc_range(&my_ida, 1, iommu->max_ids, GFP_KERNEL);
	int ret = -ENOSPC; /* expect: nospc ENOSPC */

	if (id < 0)
		return ret;
	return 0;
}

static int my_other_id(struct my_iommu *iommu)
{
	int id = ida_alloc_range(&my_ida, 1, iommu->max_ids, GFP_KERNEL);

	if (id < 0)
		return -EINVAL; /* expect: nospc ENOSPC */
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	int ret = my_id(iommu);

	if (ret)
		return ret;
	return my_other_id(iommu);
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
