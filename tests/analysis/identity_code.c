// SPDX-License-Identifier: GPL-2.0-only
/* A helper that hands its argument back makes no errno of it. */
#include "fixture.h"

static int my_same(int cc)
{
	return cc;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	int ret = my_same(my_hw_register(dev));

	if (ret)
		return -EIO; /* expect: unknown */
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
