// SPDX-License-Identifier: GPL-2.0-only
/* The twin of an identity in a register: settings that hardware and many domains may share. */
#include "fixture.h"

struct my_format {
	int levels;
};

static const struct my_format my_short, my_long;

struct my_core {
	struct device *dev;
	void __iomem *base;
	const struct my_format *format;
	phys_addr_t window;
	unsigned int width;
};

struct my_space {
	struct iommu_domain domain;
	struct my_core *core;
	const struct my_format *format;
	u64 *root;
	unsigned int width;
	u32 asid;
	phys_addr_t start;
};

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_space *space = container_of(domain, struct my_space, domain);
	struct my_core *core = dev_get_drvdata(dev);

	if (readl(core->base + MY_WIDTH) != space->width)
		return -ENODEV; /* expect: incompatible EINVAL */
	if (readl(core->base + MY_ASID) != space->asid)
		return -ENODEV; /* expect: incompatible EINVAL */
	if (core->format && core->format != space->format)
		return -ENODEV; /* expect: incompatible EINVAL */
	if (space->core != core)
		return -ENODEV; /* expect: incompatible EINVAL */
	if (core->window != space->start)
		return -ENODEV; /* expect: incompatible EINVAL */
	if (virt_to_phys(space->root) > core->window)
		return -ENODEV; /* expect: unknown */
	if (readq(core->base + MY_ROOT) == virt_to_phys(space->root))
		return -ENODEV; /* expect: unknown */
	my_bind(core, space->core);
	core->format = space->format;
	writel(space->width, core->base + MY_WIDTH);
	return 0;
}

static struct iommu_domain *my_domain_alloc(struct my_core *core, bool wide)
{
	struct my_space *space = kzalloc(sizeof(*space), GFP_KERNEL);

	space->core = core;
	space->format = &my_short;
	if (wide)
		space->format = &my_long;
	space->asid = MY_ASID_DEFAULT;
	return &space->domain;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
