// SPDX-License-Identifier: GPL-2.0-only
/* A member of another object, and one that is overwritten. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_master *master = dev_iommu_priv_get(dev);
	struct my_master *other = my_alias(dev);

	master->error = -EINVAL;
	other->error = -ENODEV;
	master->error = 0;
	return master->error;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
