// SPDX-License-Identifier: GPL-2.0-only
/* A switch of the whole driver. */
#include "fixture.h"

static bool my_disabled;
static unsigned int my_limit = 4;

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	if (my_disabled)
		return -EINVAL; /* expect: device ENODEV */
	if (to_my_domain(domain)->id > my_limit)
		return -ERANGE; /* expect: incompatible EINVAL */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
