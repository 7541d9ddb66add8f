// SPDX-License-Identifier: GPL-2.0-only
/* What a helper hands out of a member is a number from somewhere, no errno. */
#include "fixture.h"

static int my_status(struct my_master *master)
{
	return master->num_ids;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	int ret = my_status(dev_iommu_priv_get(dev));

	if (ret)
		return -EINVAL; /* expect: unknown */
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
