// SPDX-License-Identifier: GPL-2.0-only
/* Tables of another struct, and a macro that nothing uses. */
#include "fixture.h"

#define DEFINE_PM(_name, _attach) static struct generic_pm_domain _name = { .attach_dev = _attach, }
#define UNUSED_OPS(_n, _a) static const struct iommu_domain_ops _n = { .attach_dev = _a, }

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	return -EBUSY;
}

DEFINE_PM(my_pm, my_attach_dev);
