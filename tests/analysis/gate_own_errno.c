// SPDX-License-Identifier: GPL-2.0-only
/* Under a gate on the domain, an errno that says what it says is not made the reserved one. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	if (my_domain->frozen) {
		if (iommu->broken)
			return -ETIMEDOUT; /* expect: unknown */
		if (!iommu->max_ids)
			return -EIO; /* expect: unknown */
		if (!iommu->width)
			return -EPERM; /* expect: incompatible EINVAL */
	}
	if (my_domain->width > 48)
		return -EAGAIN; /* expect: unknown */
	if (my_domain->id > 64)
		return -EIO; /* expect: incompatible EINVAL */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
