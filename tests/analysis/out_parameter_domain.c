// SPDX-License-Identifier: GPL-2.0-only
/* A helper fills a local variable from the domain. */
#include "fixture.h"

static void my_read_width(struct my_domain *my_domain, unsigned int *width)
{
	*width = my_domain->width;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	unsigned int width;

	my_read_width(to_my_domain(domain), &width);
	if (width > 39)
		return -EFAULT; /* expect: incompatible EINVAL */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
