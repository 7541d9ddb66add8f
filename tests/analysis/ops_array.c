// SPDX-License-Identifier: GPL-2.0-only
/* An array of tables. */
#include "fixture.h"

static int my_first_attach(struct iommu_domain *domain, struct device *dev)
{
	if (!dev_iommu_priv_get(dev))
		return -EINVAL; /* expect: device ENODEV */
	return 0;
}

static int my_second_attach(struct iommu_domain *domain, struct device *dev)
{
	if (to_my_domain(domain)->frozen)
		return -EPERM; /* expect: incompatible EINVAL */
	return 0;
}

static const struct iommu_domain_ops my_tables[] = {
	{ .attach_dev = my_first_attach },
	[1] = { .attach_dev = &my_second_attach, },
};
