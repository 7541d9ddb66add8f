// SPDX-License-Identifier: GPL-2.0-only
/* Which value a variable has is decided by the domain, though none of its values is read from it. */
#include "fixture.h"

static const struct { unsigned long size; int cfg; } my_sizes[] = { { 4096, 1 }, { 65536, 2 } };

static int my_config(struct my_domain *my_domain)
{
	switch (my_domain->width) {
	case 32:
		return 1;
	case 48:
		return 2;
	}
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	bool wide = false;
	int i, cfg = 0;

	for (i = 0; i < 2; i++) {
		if (my_sizes[i].size == my_domain->width) {
			cfg = my_sizes[i].cfg;
			break;
		}
	}
	if (!cfg)
		return -ENODEV; /* expect: incompatible EINVAL */
	if (my_domain->width > 40)
		wide = true;
	if (wide)
		return -ENODEV; /* expect: incompatible EINVAL */
	if (!my_config(my_domain))
		return -ENODEV; /* expect: incompatible EINVAL */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
