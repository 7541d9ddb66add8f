// SPDX-License-Identifier: GPL-2.0-only
/* A global that the callback has just set from the domain. */
#include "fixture.h"

static struct my_domain *my_current;

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	my_current = to_my_domain(domain);
	if (my_current->width > iommu->width)
		return -ENXIO; /* expect: incompatible EINVAL */
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
