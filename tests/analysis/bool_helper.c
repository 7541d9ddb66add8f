// SPDX-License-Identifier: GPL-2.0-only
/* A bool is no errno, even if an int holds it. */
#include "fixture.h"

static bool my_is_locked(struct my_iommu *iommu)
{
	return iommu->broken;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	int ret = my_is_locked(dev_iommu_priv_get(dev));

	if (ret)
		return -EINVAL; /* expect: device ENODEV */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
