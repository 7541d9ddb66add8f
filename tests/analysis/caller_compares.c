// SPDX-License-Identifier: GPL-2.0-only
/* A caller looks for one particular errno: changing it would change the caller. */
#include "fixture.h"

static int my_check(struct my_iommu *iommu)
{
	if (!iommu->width)
		return -EINVAL; /* expect: device ENODEV review */
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	int ret = my_check(dev_iommu_priv_get(dev));

	if (ret == -EINVAL)
		my_log(dev, ret);
	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
