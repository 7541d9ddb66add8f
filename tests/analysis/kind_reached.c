// SPDX-License-Identifier: GPL-2.0-only
/* The domain's kind, reached through the driver's own struct in several ways. */
#include "fixture.h"

#define to_my(d) container_of(d, struct my_domain, domain)
#define my_is_nested(d) ((d)->type == IOMMU_DOMAIN_NESTED)

static int my_check(struct my_domain *my_domain, struct my_iommu *iommu)
{
	struct iommu_domain *inner = &my_domain->domain;

	if (inner->type == IOMMU_DOMAIN_NESTED) {
		if (iommu->broken)
			return -EPERM; /* expect: unknown */
	}
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my(domain);
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	unsigned int type = my_domain->domain.type;

	if (my_domain->domain.type == IOMMU_DOMAIN_NESTED) {
		if (iommu->broken)
			return -EPERM; /* expect: unknown */
	}
	if ((&my_domain->domain)->type == IOMMU_DOMAIN_NESTED && iommu->broken)
		return -EPERM; /* expect: unknown */
	if (to_my(domain)->domain.type == IOMMU_DOMAIN_NESTED) {
		if (iommu->broken)
			return -EPERM; /* expect: unknown */
	}
	if (my_is_nested(domain)) {
		if (iommu->broken)
			return -EPERM; /* expect: unknown */
	}
	if (my_is_nested(&my_domain->domain)) {
		if (iommu->broken)
			return -EPERM; /* expect: unknown */
	}
	if (type == IOMMU_DOMAIN_NESTED) {
		if (iommu->broken)
			return -EPERM; /* expect: unknown */
	}
	return my_check(my_domain, iommu);
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
