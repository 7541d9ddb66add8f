// SPDX-License-Identifier: GPL-2.0-only
/* A helper that calls itself, and two that call each other. */
#include "fixture.h"

static int my_check_tree(struct my_iommu *iommu, int depth)
{
	int ret;

	if (!iommu->max_ids)
		return -EINVAL; /* expect: device ENODEV */

	ret = my_check_tree(my_parent(iommu), depth + 1);
	if (ret)
		return ret;
	return 0;
}

static int my_odd(struct my_domain *my_domain, int depth);

static int my_even(struct my_domain *my_domain, int depth)
{
	return my_odd(my_domain, depth - 1);
}

static int my_odd(struct my_domain *my_domain, int depth)
{
	if (my_domain->width > depth)
		return -EFAULT; /* expect: incompatible EINVAL */
	return my_even(my_domain, depth - 1);
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	int ret = my_check_tree(dev_iommu_priv_get(dev), 0);

	if (ret)
		return ret;

	return my_even(to_my_domain(domain), 8);
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
