// SPDX-License-Identifier: GPL-2.0-only
/* A callee's errno is replaced; handing it on uncovers the callee's own sites. */
#include "fixture.h"

static int my_enable(struct my_iommu *iommu)
{
	if (iommu->broken)
		return -EINVAL; /* expect: device ENODEV */
	if (!iommu->width)
		return -EIO; /* expect: device ENODEV */
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	int ret;

	ret = my_enable(dev_iommu_priv_get(dev));
	if (ret)
		return -ENODEV; /* expect: swallowed propagate */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
