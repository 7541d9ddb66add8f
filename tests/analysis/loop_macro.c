// SPDX-License-Identifier: GPL-2.0-only
/* A loop macro without braces, with an if as its body. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	struct my_master *master;

	list_for_each_entry(master, &iommu->masters, list)
		if (master->sva)
			return -EINVAL; /* expect: device ENODEV */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
