// SPDX-License-Identifier: GPL-2.0-only
/* Halves of a joined condition that have different causes. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);

	if (!iommu || my_domain->iommu != iommu)
		return -ENODEV; /* expect: device ENODEV; incompatible EINVAL */
	if (!(iommu->width && !my_domain->frozen))
		return -EINVAL; /* expect: unknown */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
