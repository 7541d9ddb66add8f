// SPDX-License-Identifier: GPL-2.0-only
/* Hints around a condition say nothing of its meaning. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);

	if (unlikely(!iommu))
		return -EINVAL; /* expect: device ENODEV */
	if (likely(my_domain->iommu != iommu))
		return -EXDEV; /* expect: incompatible EINVAL */
	if (!likely(READ_ONCE(iommu->max_ids)))
		return -EINVAL; /* expect: device ENODEV */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
