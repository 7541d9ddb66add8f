// SPDX-License-Identifier: GPL-2.0-only
/* What stands in a table at the place that the domain tells is decided by the domain. */
#include "fixture.h"

static const int my_modes[8];
static const struct { int levels; bool usable; } my_formats[4];

static int my_mode(struct my_domain *my_domain)
{
	return my_modes[my_domain->id];
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_master *master = dev_iommu_priv_get(dev);

	switch (my_modes[my_domain->width]) {
	case 1:
		break;
	default:
		return -ENODEV; /* expect: incompatible EINVAL */
	}
	if (!my_formats[my_domain->id].usable)
		return -ENODEV; /* expect: incompatible EINVAL */
	if (my_mode(my_domain) > 2)
		return -ENODEV; /* expect: incompatible EINVAL */
	if (master->ids[my_domain->id])
		return -ENODEV; /* expect: incompatible EINVAL */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
