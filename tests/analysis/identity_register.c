// SPDX-License-Identifier: GPL-2.0-only
/* What hardware runs is read from a register or a descriptor, and the domain's value in some form. */
#include "fixture.h"

struct my_entry {
	__le64 flags;
	__le64 ta;
};

struct my_core {
	struct device *dev;
	void __iomem *base;
	struct regmap *map;
	struct my_entry *entries;
	u64 *devtab;
	struct xarray ids;
	bool locked;
	u32 index;
};

struct my_space {
	struct iommu_domain domain;
	u64 *root;
	phys_addr_t ttb;
	u32 id;
};

static int my_number(struct my_core *core, struct my_space *space)
{
	return xa_alloc(&core->ids, &space->id, space, XA_LIMIT(1, 255), GFP_KERNEL);
}

static int my_locked(struct my_core *core, phys_addr_t ttb)
{
	u32 old = readl(core->base + MY_TTB(core->index));

	if (core->locked) {
		if (old == lower_32_bits(ttb))
			return 0;
		return -EROFS; /* expect: busy EBUSY */
	}
	writel(lower_32_bits(ttb), core->base + MY_TTB(core->index));
	return 0;
}

static int my_mapped(struct my_core *core, u32 id)
{
	u32 v;

	regmap_read(core->map, MY_ID, &v);
	if ((v & MY_VALID) && (v >> 8) != id)
		return -EPERM; /* expect: busy EBUSY */
	regmap_write(core->map, MY_ID, id << 8 | MY_VALID);
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_space *space = container_of(domain, struct my_space, domain);
	struct my_core *core = dev_get_drvdata(dev);
	struct my_entry *entry = &core->entries[core->index];
	u64 dte = READ_ONCE(core->devtab[core->index]);
	u32 now;
	int ret;

	if (core->locked && (dte & 1) && (dte & PAGE_MASK) != virt_to_phys(space->root))
		return -EINVAL; /* expect: busy EBUSY */
	ret = my_number(core, space);
	if (ret)
		return ret;
	if ((le64_to_cpu(entry->flags) & MY_VALID) &&
	    FIELD_GET(GENMASK_ULL(31, 12), le64_to_cpu(entry->ta)) != space->id)
		return -EALREADY; /* expect: busy EBUSY */
	ret = my_locked(core, space->ttb);
	if (ret)
		return ret;
	ret = my_mapped(core, space->id);
	if (ret)
		return ret;
	now = readl(core->base + MY_NEXT);
	if (now && now != space->id)
		return -EINVAL; /* expect: busy EBUSY */
	writel(space->id, core->base + MY_NEXT);
	entry->ta = cpu_to_le64(FIELD_PREP(GENMASK_ULL(31, 12), space->id));
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
