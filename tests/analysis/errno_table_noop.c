// SPDX-License-Identifier: GPL-2.0-only
/* What comes out of a table is tested and not returned; numbers and truths are no errnos. */
#include "fixture.h"

static const int my_codes[] = { [0] = 0, [1] = -EBUSY, [2] = -EIO };

static int my_room(struct my_master *master)
{
	int i;

	for (i = 0; i < 8; i++)
		if (!master->ids[i])
			break;
	return i;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_master *master = dev_iommu_priv_get(dev);

	if (my_codes[my_start(dev)])
		my_log(dev, 0);
	if (my_room(master) > 3)
		my_log(dev, 1);
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
