// SPDX-License-Identifier: GPL-2.0-only
/* The domain holds a device already: that is the other kind of busy. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);

	if (my_domain->dev && my_domain->dev != dev)
		return -EBUSY; /* expect: incompatible EINVAL */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
