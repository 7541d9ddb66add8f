// SPDX-License-Identifier: GPL-2.0-only
/* What is looked for only while the domain has none: every fresh domain has none as well. */
#include "fixture.h"

#define MY_NONE (-1)

enum my_state { MY_NEW, MY_READY };

struct my_hw {
	struct my_iommu *iommu;
	void *used[16];
	unsigned int n;
	bool faulted;
	bool locked;
};

struct my_table {
	struct iommu_domain domain;
	int ctx;
	int asid;
	bool live;
	enum my_state state;
	unsigned int width;
	unsigned int stage;
};

#define to_my_table(d) container_of(d, struct my_table, domain)

static int my_take(struct my_table *table, struct my_hw *hw)
{
	int i;

	if (table->ctx < 0) {
		for (i = 0; i < hw->n; i++)
			if (!hw->used[i])
				break;
		if (i == hw->n)
			return -EBUSY; /* expect: nospc ENOSPC */
		hw->used[i] = table;
		table->ctx = i;
	}
	return 0;
}

static int my_take_early(struct my_table *table, struct my_hw *hw)
{
	int i;

	if (table->ctx >= 0)
		return 0;
	for (i = 0; i < hw->n; i++) {
		if (!hw->used[i]) {
			hw->used[i] = table;
			table->ctx = i;
			return 0;
		}
	}
	return -EBUSY; /* expect: nospc ENOSPC */
}

static int my_setup(struct my_table *table, struct my_hw *hw)
{
	if (hw->faulted)
		return -EINVAL; /* expect: device ENODEV */
	table->live = true;
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_table *table = to_my_table(domain);
	struct my_hw *hw = dev_iommu_priv_get(dev);
	int ret;

	ret = my_take(table, hw);
	if (ret)
		return ret;
	ret = my_take_early(table, hw);
	if (ret)
		return ret;
	if (!table->live) {
		ret = my_setup(table, hw);
		if (ret)
			return ret;
	}
	if (table->state != MY_READY) {
		if (hw->locked)
			return -EINVAL; /* expect: device ENODEV */
		table->state = MY_READY;
	}
	if (table->asid == MY_NONE) {
		if (hw->locked)
			return -EINVAL; /* expect: device ENODEV */
		table->asid = hw->n;
	}
	return 0;
}

static void my_detach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_table *table = to_my_table(domain);
	struct my_hw *hw = dev_iommu_priv_get(dev);

	hw->used[table->ctx] = NULL;
	table->ctx = -1;
	table->asid = MY_NONE;
	table->live = false;
}

static struct iommu_domain *my_domain_alloc(unsigned int type)
{
	struct my_table *table = kzalloc(sizeof(*table), GFP_KERNEL);

	if (!table)
		return NULL;
	table->ctx = -1;
	table->asid = MY_NONE;
	table->state = MY_NEW;
	return &table->domain;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
	.detach_dev = my_detach_dev,
};
