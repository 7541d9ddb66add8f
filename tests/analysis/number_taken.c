// SPDX-License-Identifier: GPL-2.0-only
/* Numbers of which nobody says who sets them, or which only the attach path does. */
#include "fixture.h"

struct my_hw {
	unsigned int nr_pasids;
	unsigned int bound;
	unsigned int asid;
	bool running;
	struct my_hw *next;
};

static void my_run(struct my_hw *hw, unsigned int asid)
{
	hw->running = true;
	hw->asid = asid;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_hw *hw = dev_iommu_priv_get(dev);

	if (hw->nr_pasids > 0)
		return -EINVAL; /* expect: unknown */
	if (hw->bound)
		return -EINVAL; /* expect: unknown */
	if (hw->running)
		return -EINVAL; /* expect: unknown */
	if (hw->asid != 0)
		return -EINVAL; /* expect: unknown */
	if (hw->nr_pasids)
		return -EBUSY; /* expect: busy EBUSY */
	my_run(hw, 5);
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
