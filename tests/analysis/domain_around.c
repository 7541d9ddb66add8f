// SPDX-License-Identifier: GPL-2.0-only
/* Capabilities that are checked only because of what the domain asks for, or of its kind. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	if (domain->type == IOMMU_DOMAIN_NESTED) {
		if (iommu->width < 48)
			return -EOPNOTSUPP; /* expect: unknown */
	}
	if (to_my_domain(domain)->frozen) {
		if (!iommu->max_ids)
			return -EOPNOTSUPP; /* expect: incompatible EINVAL */
	}
	if (iommu->width < 32)
		return -EOPNOTSUPP; /* expect: device ENODEV */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
