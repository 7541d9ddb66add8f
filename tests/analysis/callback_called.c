// SPDX-License-Identifier: GPL-2.0-only
/* A callback that calls another callback. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev);

static int my_nested_attach(struct iommu_domain *domain, struct device *dev)
{
	if (to_my_domain(domain)->frozen)
		return -EPERM; /* expect: incompatible EINVAL */
	return my_attach_dev(domain, dev);
}

static const struct iommu_domain_ops my_nested_ops = { .attach_dev = my_nested_attach };

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	if (!dev_iommu_priv_get(dev))
		return -EINVAL; /* expect: device ENODEV */
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
