// SPDX-License-Identifier: GPL-2.0-only
/* The domain is only being set up: that it fails is rarely cured by another. */
#include "fixture.h"

static int my_finalise(struct my_domain *my_domain, struct my_iommu *iommu)
{
	my_domain->type = iommu->width > 32 ? 2 : 1;
	if (my_domain->width > iommu->width)
		return -EINVAL; /* expect: unknown */

	my_domain->table = kzalloc(64, GFP_KERNEL);
	if (!my_domain->table)
		return -ENOMEM; /* expect: nomem ENOMEM */

	if (!iommu->max_ids)
		return -EINVAL; /* expect: device ENODEV */

	my_domain->iommu = iommu;
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	int ret = 0;

	if (!my_domain->iommu)
		ret = my_finalise(my_domain, iommu);
	else if (my_domain->iommu != iommu)
		ret = -EXDEV; /* expect: incompatible EINVAL */

	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
