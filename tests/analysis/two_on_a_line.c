// SPDX-License-Identifier: GPL-2.0-only
/* Two constants share a line. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	if (!iommu) return -EINVAL; if (to_my_domain(domain)->dev) return -EBUSY; /* expect: device ENODEV; incompatible EINVAL */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
