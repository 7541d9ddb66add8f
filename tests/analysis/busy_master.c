// SPDX-License-Identifier: GPL-2.0-only
/* The device's own record holds a domain already. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_master *master = dev_iommu_priv_get(dev);

	if (master->domain)
		return -EBUSY; /* expect: busy EBUSY */

	master->domain = my_domain;
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
