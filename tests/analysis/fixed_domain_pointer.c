// SPDX-License-Identifier: GPL-2.0-only
/* A static domain gets its table at run time, by a pointer that holds nothing but its address. */
#include "fixture.h"

static struct my_domain my_static;

static int my_identity_attach(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	if (iommu->width < 32)
		return -EINVAL; /* expect: incompatible EINVAL */
	return 0;
}

static const struct iommu_domain_ops my_identity_ops = {
	.attach_dev = my_identity_attach,
};

/* The twin: what the parameter points to may be any domain. */
static int my_any_attach(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	if (iommu->width < 32)
		return -EINVAL; /* expect: device ENODEV */
	return 0;
}

static const struct iommu_domain_ops my_any_ops = {
	.attach_dev = my_any_attach,
};

void my_init(struct iommu_domain *given)
{
	struct iommu_domain *domain = &my_static.domain;

	domain->type = IOMMU_DOMAIN_IDENTITY;
	domain->ops = &my_identity_ops;
	given->ops = &my_any_ops;
}
