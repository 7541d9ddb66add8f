// SPDX-License-Identifier: GPL-2.0-only
/* Halves of a joined condition that have one cause. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);

	if (!iommu || iommu->broken || !iommu->width)
		return -EINVAL; /* expect: device ENODEV */
	if (my_domain->dev || my_domain->width > iommu->width)
		return -EPERM; /* expect: incompatible EINVAL */
	if (iommu->max_ids && my_domain->id > iommu->max_ids)
		return -ERANGE; /* expect: incompatible EINVAL */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
