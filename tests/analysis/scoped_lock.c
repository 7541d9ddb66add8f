// SPDX-License-Identifier: GPL-2.0-only
/* A lock that holds for a block. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	guard(mutex)(&my_mutex);
	if (!iommu)
		return -EINVAL; /* expect: device ENODEV */

	scoped_guard(spinlock, &my_lock) {
		if (to_my_domain(domain)->dev)
			return -EBUSY; /* expect: incompatible EINVAL */
	}
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
