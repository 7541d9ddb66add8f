// SPDX-License-Identifier: GPL-2.0-only
/* The member that a helper leaves an errno in is not the one that is returned. */
#include "fixture.h"

static void my_check(struct my_master *master, struct my_master *other)
{
	if (master->num_ids > 8)
		other->error = -EINVAL;
	master->error = 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_master *master = dev_iommu_priv_get(dev);

	master->error = 0;
	my_check(master, dev_iommu_priv_get(domain->dev));
	return master->error;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
