// SPDX-License-Identifier: GPL-2.0-only
/* A table that is a member of a larger one, and a conditional value. */
#include "fixture.h"

struct my_description {
	const char *name;
	struct iommu_domain_ops ops;
};

static int my_old_attach(struct iommu_domain *domain, struct device *dev)
{
	if (!dev_iommu_priv_get(dev))
		return -EINVAL; /* expect: device ENODEV */
	return 0;
}

static int my_new_attach(struct iommu_domain *domain, struct device *dev)
{
	if (to_my_domain(domain)->frozen)
		return -EPERM; /* expect: incompatible EINVAL */
	return 0;
}

static struct my_description my_descriptions = {
	.name = "mine",
	.ops = {
		.attach_dev = IS_ENABLED(CONFIG_MY_NEW) ? my_new_attach : my_old_attach,
	},
};
