// SPDX-License-Identifier: GPL-2.0-only
/* One errno of a callee is translated on purpose; that tells no cause. */
#include "fixture.h"

static int my_power(struct my_iommu *iommu)
{
	if (iommu->broken)
		return -EIO;
	return iommu->width ? 0 : -ENXIO; /* expect: device ENODEV review */
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	int ret = my_power(dev_iommu_priv_get(dev));

	if (ret == -EIO)
		ret = -EINVAL; /* expect: unknown */
	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
