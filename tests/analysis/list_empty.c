// SPDX-License-Identifier: GPL-2.0-only
/* Whether a list hangs on the domain or on the IOMMU. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	if (!list_empty(&my_domain->devices))
		return -EBUSY; /* expect: incompatible EINVAL */
	if (list_empty(&iommu->masters))
		return -EINVAL; /* expect: device ENODEV */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
