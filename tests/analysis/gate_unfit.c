// SPDX-License-Identifier: GPL-2.0-only
/* What is checked only where the domain does not fit is checked because of the domain. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	if (my_domain->iommu != iommu) {
		if (!iommu->max_ids) {
			dev_err(dev, "cannot be shared\n");
			return -ENODEV; /* expect: incompatible EINVAL print */
		}
	}
	if (my_domain->width != iommu->width && iommu->broken)
		return -ENODEV; /* expect: incompatible EINVAL */
	if (my_domain->width == 48) {
		if (!iommu->max_ids)
			return -ENODEV; /* expect: incompatible EINVAL */
	}
	if (my_domain->width == iommu->width)
		return -EEXIST; /* expect: incompatible EINVAL */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
