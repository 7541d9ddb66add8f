// SPDX-License-Identifier: GPL-2.0-only
/* Something is in a list of the IOMMU; what that is, the code does not say. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	if (list_empty(&iommu->masters))
		return -EINVAL; /* expect: device ENODEV */
	if (iommu->width > 32 && !list_empty(&iommu->masters))
		return -EINVAL; /* expect: unknown */
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
