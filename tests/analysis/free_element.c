// SPDX-License-Identifier: GPL-2.0-only
/* A loop of the driver's own looks for an element of hardware that is free, and finds none. */
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

static int my_pick(struct my_core *core, struct my_domain *my_domain)
{
	struct my_window *w, *free = NULL;

	for (w = core->windows; w < core->windows + 4; w++) {
		if (!w->user && !w->broken)
			free = w;
	}
	if (!free)
		return -EINVAL; /* expect: nospc ENOSPC */
	free->user = my_domain;
	return 0;
}

static int my_index(struct my_core *core)
{
	int i, slot = -1;

	for (i = 0; i < 4; i++) {
		if (core->windows[i].taken)
			continue;
		slot = i;
		break;
	}
	if (slot < 0)
		return -EINVAL; /* expect: nospc ENOSPC */
	core->windows[slot].taken = true;
	return 0;
}

static int my_counted(struct my_core *core, struct my_domain *my_domain)
{
	int i;

	for (i = 0; i < core->num_slots; i++) {
		if (core->slots[i] == my_domain)
			return 0;
		if (!core->slots[i])
			break;
	}
	if (i == core->num_slots)
		return -EINVAL; /* expect: nospc ENOSPC */
	core->slots[i] = my_domain;
	return 0;
}

static int my_bit(struct my_core *core)
{
	int i;

	for (i = 0; i < 32; i++)
		if (!test_bit(i, core->map))
			return i;
	return -1;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_core *core = dev_get_drvdata(dev);
	int ret, bit;

	ret = my_pick(core, my_domain);
	if (ret)
		return ret;
	ret = my_index(core);
	if (ret)
		return ret;
	ret = my_counted(core, my_domain);
	if (ret)
		return ret;
	bit = my_bit(core);
	if (bit < 0)
		return -EINVAL; /* expect: nospc ENOSPC */
	set_bit(bit, core->map);
	return 0;
}

static void my_detach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_core *core = dev_get_drvdata(dev);

	core->windows[0].taken = false;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
