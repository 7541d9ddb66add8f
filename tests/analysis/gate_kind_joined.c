// SPDX-License-Identifier: GPL-2.0-only
/* The kind and a check of the device in one condition: the driver's own errno decides. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	if (domain->type == IOMMU_DOMAIN_DMA && iommu->broken) {
		dev_err(dev, "only unmanaged\n");
		return -EINVAL; /* expect: incompatible EINVAL */
	}
	if (!iommu->max_ids && domain->type != IOMMU_DOMAIN_IDENTITY) {
		dev_err(dev, "locked by the platform\n");
		return -EPERM; /* expect: unknown */
	}
	if (domain->type == IOMMU_DOMAIN_NESTED && iommu->width < 40)
		return -EBUSY; /* expect: unknown */
	if (my_domain->frozen && domain->type == IOMMU_DOMAIN_NESTED && iommu->broken)
		return -EPERM; /* expect: incompatible EINVAL */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
