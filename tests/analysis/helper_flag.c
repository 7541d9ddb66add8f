// SPDX-License-Identifier: GPL-2.0-only
/* What guards the call of a helper is part of the guard of its constant. */
#include "fixture.h"

static int my_refuse(struct device *dev)
{
	return -EOPNOTSUPP; /* expect: incompatible EINVAL */
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	if (domain->type == IOMMU_DOMAIN_NESTED)
		return my_refuse(dev);

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
