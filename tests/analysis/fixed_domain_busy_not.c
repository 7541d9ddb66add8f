// SPDX-License-Identifier: GPL-2.0-only
/* The same checks for domains that are made on demand: the device is held. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_master *master = dev_iommu_priv_get(dev);

	if (master->sva)
		return -EBUSY; /* expect: busy EBUSY */
	if (master->domain)
		return -EINVAL; /* expect: busy EBUSY */
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
