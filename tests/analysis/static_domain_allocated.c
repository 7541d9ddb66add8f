// SPDX-License-Identifier: GPL-2.0-only
/* The twin of a static domain: each domain is allocated, and there are others of its kind. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	if (iommu->width < 32)
		return -EINVAL; /* expect: device ENODEV */

	return 0;
}

static const struct iommu_domain_ops my_paging_ops = {
	.attach_dev = my_attach_dev,
};

static struct iommu_domain *my_domain_alloc(void)
{
	struct my_domain *my_domain = kzalloc(sizeof(*my_domain), GFP_KERNEL);

	if (!my_domain)
		return NULL;
	my_domain->domain.ops = &my_paging_ops;
	return &my_domain->domain;
}
