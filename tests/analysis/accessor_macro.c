// SPDX-License-Identifier: GPL-2.0-only
/* The domain's own struct is found by a macro. */
#include "fixture.h"

#define to_dom(d) container_of(d, struct my_domain, domain)
#define dev_to_iommu(dev) ((struct my_iommu *)dev_iommu_priv_get(dev))

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	if (to_dom(domain)->dev)
		return -EBUSY; /* expect: incompatible EINVAL */

	if (dev_to_iommu(dev)->broken)
		return -EINVAL; /* expect: device ENODEV */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
