// SPDX-License-Identifier: GPL-2.0-only
/* State read through a pointer to a member. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	unsigned int *width = &my_domain->width;

	if (*width > 48)
		return -ENODEV; /* expect: incompatible EINVAL */
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
