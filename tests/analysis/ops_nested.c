// SPDX-License-Identifier: GPL-2.0-only
/* A compound literal inside a compound literal. */
#include "fixture.h"

static int my_nested_attach(struct iommu_domain *domain, struct device *dev)
{
	if (!dev_iommu_priv_get(dev))
		return -EINVAL; /* expect: device ENODEV */
	return 0;
}

static const struct iommu_ops my_ops = {
	.default_domain_ops = &(const struct iommu_domain_ops) {
		.attach_dev	= my_nested_attach,
	},
	.owner = THIS_MODULE,
};
