// SPDX-License-Identifier: GPL-2.0-only
/* The same helper, called with the domain's object only. */
#include "fixture.h"

static int my_check_width(unsigned int width)
{
	if (width > 48)
		return -ERANGE; /* expect: incompatible EINVAL */
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	int ret;

	ret = my_check_width(my_domain->width);
	if (ret)
		return ret;

	return my_check_width(my_domain->type);
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
