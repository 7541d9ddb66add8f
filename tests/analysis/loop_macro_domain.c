// SPDX-License-Identifier: GPL-2.0-only
/* A loop macro over what hangs on the domain. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_master *master;

	list_for_each_entry (master, &my_domain->devices, list) {
		if (master->dev != dev)
			return -EBUSY; /* expect: incompatible EINVAL */
	}

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
