// SPDX-License-Identifier: GPL-2.0-only
/* Both arms fail: the inner condition picks the errno, the outer one made it fail. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);

	if (!iommu)
		return my_domain->dev ? -EBUSY : /* expect: unknown */
		       -ENODEV; /* expect: unknown */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
