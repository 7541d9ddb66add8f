// SPDX-License-Identifier: GPL-2.0-only
/* The functions of an array are called one after the other. */
#include "fixture.h"

static int my_stage(struct my_domain *my_domain)
{
	return my_domain->type > 2 ? -ENXIO : 0; /* expect: incompatible EINVAL */
}

static int my_state(struct my_domain *my_domain)
{
	return my_domain->frozen ? -EBUSY : 0; /* expect: incompatible EINVAL */
}

static int (*const my_checks[])(struct my_domain *my_domain) = { my_stage, &my_state };

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	int i, ret;

	for (i = 0; i < ARRAY_SIZE(my_checks); i++) {
		ret = my_checks[i](to_my_domain(domain));
		if (ret)
			return ret;
	}
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
