// SPDX-License-Identifier: GPL-2.0-only
/* What a propagation uncovers may have swallowed a code itself. */
#include "fixture.h"

static int my_clock(struct my_iommu *iommu)
{
	if (iommu->broken)
		return -EINVAL; /* expect: device ENODEV */
	return 0;
}

static int my_enable(struct my_iommu *iommu)
{
	int err = my_clock(iommu);

	if (err < 0)
		return -EIO; /* expect: swallowed propagate */
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	int ret = 0;

	if ((ret = my_enable(dev_iommu_priv_get(dev))) != 0) {
		dev_err(dev, "cannot enable\n");
		ret = -ENODEV; /* expect: swallowed propagate */
	}
	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
