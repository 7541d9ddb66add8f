// SPDX-License-Identifier: GPL-2.0-only
/* The value waits in a member until it is returned. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_master *master = dev_iommu_priv_get(dev);

	master->error = 0;
	if (!master->iommu)
		master->error = -EINVAL; /* expect: device ENODEV */

	my_program(master->iommu);
	return master->error;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
