// SPDX-License-Identifier: GPL-2.0-only
/* PTR_ERR_OR_ZERO hands the errno of a pointer on. */
#include "fixture.h"

static struct my_iommu *my_find(struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	if (iommu->broken)
		iommu = ERR_PTR(-EINVAL); /* expect: device ENODEV */

	return iommu;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu;

	iommu = my_find(dev);
	return PTR_ERR_OR_ZERO(iommu);
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
