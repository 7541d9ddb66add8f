// SPDX-License-Identifier: GPL-2.0-only
/* The address of a static domain: it singles one out, nothing is held. */
#include "fixture.h"

static struct iommu_domain my_blocked;
static struct iommu_domain *my_active;

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	if (domain == &my_blocked)
		return -EBUSY; /* expect: incompatible EINVAL */
	if (my_active && my_active != domain)
		return -EINVAL; /* expect: busy EBUSY */
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
