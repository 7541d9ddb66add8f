// SPDX-License-Identifier: GPL-2.0-only
/* A macro that is a statement expression computes what the guard reads. */
#include "fixture.h"

#define my_clamp(x) ({ unsigned int __x = (x); __x > 48 ? 48 : __x; })

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);

	if (my_clamp(iommu->width) < 32)
		return -EINVAL; /* expect: device ENODEV */
	if (my_domain->width > ({ int w = iommu->width; w + 1; }))
		return -EFAULT; /* expect: incompatible EINVAL */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
