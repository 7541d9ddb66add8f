// SPDX-License-Identifier: GPL-2.0-only
/* container_of() in the middle of an expression. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	if (container_of(domain, struct my_domain, domain)->iommu != iommu)
		return -EXDEV; /* expect: incompatible EINVAL */

	if ((container_of(domain, struct my_domain, domain))->width + 1 > 48)
		return -ERANGE; /* expect: incompatible EINVAL */

	if (container_of(iommu->dev, struct my_master, dev)->sva)
		return -EINVAL; /* expect: device ENODEV */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
