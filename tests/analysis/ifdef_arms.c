// SPDX-License-Identifier: GPL-2.0-only
/* Both arms of a preprocessor branch are there at once. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);

#ifdef CONFIG_MY_IOMMU_WIDE
	if (my_domain->width > iommu->width)
		return -EFAULT; /* expect: incompatible EINVAL */
#else
	if (iommu->width > 32)
		return -EINVAL; /* expect: device ENODEV */
#endif
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
