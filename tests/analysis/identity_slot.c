// SPDX-License-Identifier: GPL-2.0-only
/* The device's slot is given the domain's table, whoever chooses the slot; and the twin: an owner. */
#include "fixture.h"

struct my_table {
	u64 *entries;
};

struct my_core {
	struct device *dev;
	void __iomem *base;
	struct my_table *windows[2];
};

struct my_space {
	struct iommu_domain domain;
	struct my_core *core;
	struct my_table *table;
	u64 size;
};

static int my_window(struct my_core *core, int num, struct my_table *table)
{
	if (core->windows[num] && core->windows[num] != table)
		return -ENXIO; /* expect: busy EBUSY */
	core->windows[num] = table;
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_space *space = container_of(domain, struct my_space, domain);
	struct my_core *core = dev_get_drvdata(dev);

	if (space->core && space->core != core)
		return -ENXIO; /* expect: incompatible EINVAL */
	space->core = core;
	return my_window(core, space->size > SZ_4G, space->table);
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
