// SPDX-License-Identifier: GPL-2.0-only
/* A driver that cannot do it at all. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	return -EINVAL; /* expect: unknown */
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
