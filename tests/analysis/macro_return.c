// SPDX-License-Identifier: GPL-2.0-only
/* Macros of the driver that return from the function that uses them. */
#include "fixture.h"

#define MY_BAIL_IF(cond) do {			\
	if (cond)				\
		return -EBUSY; /* expect: incompatible EINVAL review */ \
} while (0)

#define MY_NEED(p) ({				\
	if (!(p))				\
		return -EINVAL; /* expect: device ENODEV review */ \
	p; })

#define MY_FAIL(e) do { ret = (e); goto out; } while (0)

#define MY_THAW() do {				\
	if (my_domain->type > 4)		\
		return -EBUSY; /* expect: incompatible EINVAL review */ \
} while (0)

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_master *master = MY_NEED(dev_iommu_priv_get(dev));
	struct my_domain *my_domain = to_my_domain(domain);
	int ret = 0;

	MY_THAW();
	MY_BAIL_IF(my_domain->frozen);
	if (!master->iommu)
		MY_FAIL(-EINVAL); /* expect: device ENODEV */
	my_write(master->iommu, 1);
out:
	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
