// SPDX-License-Identifier: GPL-2.0-only
/* Loops that look for a free place of the hardware, written in several ways. */
#include "fixture.h"

struct my_hw {
	void *owner[16];
	struct {
		bool busy;
	} ctx[16];
	unsigned long map[2];
	u32 mask;
	unsigned int n;
};

static int my_one(struct my_hw *hw)
{
	int i;

	for (i = 0; i < hw->n; i++) {
		if (hw->ctx[i].busy)
			continue;
		hw->ctx[i].busy = true;
		return i;
	}
	return -EBUSY; /* expect: nospc ENOSPC */
}

static int my_two(struct my_hw *hw)
{
	int i = 0;

	while (i < hw->n && hw->owner[i])
		i++;
	if (i >= hw->n)
		return -EINVAL; /* expect: nospc ENOSPC */
	return i;
}

static int my_three(struct my_hw *hw)
{
	int i;

	for (i = 0; i < hw->n; i++)
		if (!test_bit(i, hw->map))
			break;
	return i < hw->n ? i : -ENXIO; /* expect: nospc ENOSPC */
}

static int my_four(struct my_hw *hw)
{
	int i;

	for (i = 0; i < hw->n; i++)
		if (!(hw->mask & BIT(i)))
			break;
	if (i == hw->n)
		return -EINVAL; /* expect: nospc ENOSPC */
	return i;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_hw *hw = dev_iommu_priv_get(dev);
	int ret;

	ret = my_one(hw);
	if (ret < 0)
		return ret;
	ret = my_two(hw);
	if (ret < 0)
		return ret;
	ret = my_three(hw);
	if (ret < 0)
		return ret;
	return my_four(hw);
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
