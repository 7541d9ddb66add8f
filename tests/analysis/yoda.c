// SPDX-License-Identifier: GPL-2.0-only
/* The constant stands first in a comparison. */
#include "fixture.h"

static int my_check(struct my_iommu *iommu)
{
	if (iommu->broken)
		return -EIO; /* expect: device ENODEV */
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);
	int ret;

	if (NULL == iommu)
		return -EINVAL; /* expect: device ENODEV */
	if (NULL != my_domain->dev)
		return -EBUSY; /* expect: incompatible EINVAL */
	ret = my_check(iommu);
	if (0 > ret)
		return -EINVAL; /* expect: swallowed propagate */
	my_domain->table = kzalloc(64, GFP_KERNEL);
	if (NULL == my_domain->table)
		return -EINVAL; /* expect: nomem ENOMEM */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
