// SPDX-License-Identifier: GPL-2.0-only
/* The constant is set before the callee is asked, so the code is handed on where the way out is taken. */
#include "fixture.h"

static int my_enable(struct my_iommu *iommu)
{
	if (iommu->broken)
		return -EIO; /* expect: device ENODEV */
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	int err, ret = -EINVAL; /* expect: swallowed propagate */

	err = my_enable(dev_iommu_priv_get(dev));
	if (err)
		goto out;
	ret = 0;
out:
	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
