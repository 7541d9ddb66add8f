// SPDX-License-Identifier: GPL-2.0-only
/* A helper is given an errno and returns something else. */
#include "fixture.h"

static int my_fail(struct device *dev, int err)
{
	my_log(dev, err);
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	if (!dev_iommu_priv_get(dev))
		return my_fail(dev, -EINVAL);
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
