// SPDX-License-Identifier: GPL-2.0-only
/* The function is passed on, and what it returns is not. */
#include "fixture.h"

static int my_width(struct my_domain *my_domain)
{
	return my_domain->width > 48 ? -EINVAL : 0;
}

static void my_each(struct my_domain *my_domain, int (*check)(struct my_domain *my_domain))
{
	check(my_domain);
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	my_each(to_my_domain(domain), my_width);
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
