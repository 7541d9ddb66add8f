// SPDX-License-Identifier: GPL-2.0-only
/* A macro that stands for another errno in another configuration. */
#include "fixture.h"

#ifdef CONFIG_MY
#define MY_ERR -EBUSY
#else
#define MY_ERR -EINVAL
#endif

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	if (to_my_domain(domain)->frozen)
		return MY_ERR; /* expect: unknown */
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
