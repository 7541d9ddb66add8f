// SPDX-License-Identifier: GPL-2.0-only
/* An unsigned member cannot carry the callee's errno on. */
#include "fixture.h"

struct slot {
	unsigned int number;
};

struct master {
	struct slot slot;
};

static int find_slot(struct device *dev)
{
	if (!dev->archdata)
		return -ENXIO;
	return 3;
}

static int fix_attach(struct iommu_domain *domain, struct device *dev)
{
	struct master *master = dev_iommu_priv_get(dev);

	master->slot.number = find_slot(dev);
	if (IS_ERR_VALUE(master->slot.number))
		return -ENODEV; /* expect: swallowed propagate review */
	return 0;
}

static const struct iommu_domain_ops fix_ops = {
	.attach_dev = fix_attach,
};
