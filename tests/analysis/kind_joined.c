// SPDX-License-Identifier: GPL-2.0-only
/* A helper joins the domain's kind with the device's state: the errno decides, as in one condition. */
#include "fixture.h"

static bool my_is_special(struct my_iommu *iommu, struct iommu_domain *domain)
{
	return iommu->broken && domain->type == IOMMU_DOMAIN_NESTED;
}

static bool my_is_nested(struct iommu_domain *domain)
{
	return domain->type == IOMMU_DOMAIN_NESTED;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	if (my_is_special(iommu, domain))
		return -EPERM; /* expect: unknown */
	if (my_is_special(iommu, domain))
		return -EINVAL; /* expect: incompatible EINVAL */
	if (my_is_nested(domain))
		return -EPERM; /* expect: incompatible EINVAL */
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
