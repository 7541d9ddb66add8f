// SPDX-License-Identifier: GPL-2.0-only
/* The static domain stands inside a struct of the driver. */
#include "fixture.h"

static int my_blocked_attach(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	if (iommu->broken)
		return -ENODEV; /* expect: incompatible EINVAL */

	return 0;
}

static struct my_domain my_blocked = {
	.domain = {
		.type = IOMMU_DOMAIN_BLOCKED,
		.ops = &(const struct iommu_domain_ops) {
			.attach_dev = my_blocked_attach,
		},
	},
};
