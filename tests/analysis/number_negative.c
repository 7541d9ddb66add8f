// SPDX-License-Identifier: GPL-2.0-only
/* What is below 0 is an errno where all other numbers are counts, and surely by its range. */
#include "fixture.h"

static int my_used(struct my_iommu *iommu)
{
	int n = 0;

	if (iommu->broken)
		return -EIO;	/* expect: device ENODEV */
	while (iommu->max_ids > n)
		n++;
	return n;
}

static int my_offset(struct my_iommu *iommu)
{
	if (iommu->broken)
		return -EIO;
	return iommu->width - iommu->max_ids;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	int ret;

	ret = my_used(iommu);
	if (ret < 0)
		return -EINVAL; /* expect: swallowed propagate */
	ret = my_offset(iommu);
	if (ret < 0)
		return -EINVAL; /* expect: swallowed propagate review */
	ret = other_file(iommu);
	if (IS_ERR_VALUE(ret))
		return -EINVAL; /* expect: swallowed propagate */
	ret = other_file(iommu);
	if (ret < 0)
		return -EINVAL; /* expect: unknown */
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
