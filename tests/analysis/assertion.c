// SPDX-License-Identifier: GPL-2.0-only
/* What is asserted is judged as any other check. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);

	if (WARN_ON(!iommu->width))
		return -EINVAL; /* expect: device ENODEV */
	if (WARN_ON_ONCE(my_domain->iommu != iommu))
		return -EXDEV; /* expect: incompatible EINVAL */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
