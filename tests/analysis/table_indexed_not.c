// SPDX-License-Identifier: GPL-2.0-only
/* The twin of a table that the domain indexes: the device tells the place, or a loop counts it. */
#include "fixture.h"

static const int my_modes[8];

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_master *master = dev_iommu_priv_get(dev);
	int i;

	if (my_modes[master->num_ids] > 2)
		return -EINVAL; /* expect: device ENODEV */
	for (i = 0; i < my_domain->width; i++) {
		if (master->ids[i] > 64)
			return -EINVAL; /* expect: device ENODEV */
	}

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
