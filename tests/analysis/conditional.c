// SPDX-License-Identifier: GPL-2.0-only
/* Both arms of ?: are ways out, returned or assigned. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);
	int ret;

	ret = iommu ? 0 : -EINVAL; /* expect: device ENODEV */
	if (ret)
		return ret;

	return my_domain->width <= iommu->width ? 0 : -EFAULT; /* expect: incompatible EINVAL */
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
