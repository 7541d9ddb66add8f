// SPDX-License-Identifier: GPL-2.0-only
/* The twin of identity: a width that is stored and compared, and what was not given by the domain. */
#include "fixture.h"

struct my_core {
	struct device *dev;
	unsigned int width;
	phys_addr_t limit;
	int id;
};

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_core *core = dev_get_drvdata(dev);
	phys_addr_t ttb = (phys_addr_t)my_domain->table;

	if (core->width && core->width != my_domain->width)
		return -ENODEV; /* expect: incompatible EINVAL */
	core->width = my_domain->width;
	if (ttb > core->limit)
		return -ENODEV; /* expect: incompatible EINVAL */
	if (my_domain->id != core->id)
		return -ENODEV; /* expect: incompatible EINVAL */
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
