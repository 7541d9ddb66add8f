// SPDX-License-Identifier: GPL-2.0-only
/* The twin of a free element: the device's own entry is looked up, or one that can do something. */
#include "fixture.h"

struct my_window {
	struct my_domain *user;
	bool broken;
	bool taken;
	u32 base;
};

struct my_core {
	struct device *dev;
	void __iomem *base;
	struct my_window windows[4];
	struct my_domain *slots[4];
	int num_slots;
	unsigned long *map;
	u32 stream;
};

static int my_lookup(struct my_core *core, u32 stream)
{
	struct my_window *w, *mine = NULL;

	for (w = core->windows; w < core->windows + 4; w++) {
		if (w->base == stream)
			mine = w;
	}
	if (!mine)
		return -EINVAL; /* expect: device ENODEV */
	return 0;
}

static int my_able(struct my_core *core)
{
	struct my_window *w, *able = NULL;

	for (w = core->windows; w < core->windows + 4; w++) {
		if (!w->broken)
			able = w;
	}
	if (!able)
		return -EINVAL; /* expect: device ENODEV */
	return 0;
}

static int my_idle(struct my_core *core, u32 stream)
{
	struct my_window *w, *mine = NULL;

	for (w = core->windows; w < core->windows + 4; w++) {
		if (w->base == stream && !w->broken)
			mine = w;
	}
	if (!mine)
		return -EINVAL; /* expect: device ENODEV */
	return 0;
}

static int my_listed(struct my_core *core, struct my_domain *my_domain)
{
	int i;

	for (i = 0; i < 4; i++)
		if (core->slots[i] == my_domain)
			return i;
	return -1;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_core *core = dev_get_drvdata(dev);
	int ret;

	ret = my_lookup(core, core->stream);
	if (ret)
		return ret;
	ret = my_able(core);
	if (ret)
		return ret;
	ret = my_idle(core, core->stream);
	if (ret)
		return ret;
	if (my_listed(core, my_domain) < 0)
		return -EINVAL; /* expect: unknown */
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
