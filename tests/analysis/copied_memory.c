// SPDX-License-Identifier: GPL-2.0-only
/* A struct is copied, by assignment and by memcpy(). */
#include "fixture.h"

struct my_config {
	unsigned int width;
	unsigned int levels;
};

struct my_setup {
	struct iommu_domain domain;
	struct my_config config;
};

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_setup *setup = container_of(domain, struct my_setup, domain);
	struct my_config one, two;

	one = setup->config;
	if (one.width > 48)
		return -ENODEV; /* expect: incompatible EINVAL */
	memcpy(&two, &setup->config, sizeof(two));
	if (two.levels > 4)
		return -ENODEV; /* expect: incompatible EINVAL */
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
