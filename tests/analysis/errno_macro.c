// SPDX-License-Identifier: GPL-2.0-only
/* Macros of the driver that stand for an errno. */
#include "fixture.h"

#define MY_ERR (-EBUSY)
#define MY_ERRNO EINVAL
#define MY_OTHER MY_ERRNO

static int my_check(struct my_domain *my_domain)
{
	int ret = MY_ERR; /* expect: incompatible EINVAL */

	if (my_domain->frozen)
		goto out;
	ret = 0;
out:
	return ret;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_master *master = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);

	if (!master)
		return -MY_ERRNO; /* expect: device ENODEV */
	if (!master->iommu)
		return -(MY_OTHER); /* expect: device ENODEV */
	if (my_domain->width > 39)
		return MY_ERR; /* expect: incompatible EINVAL */
	return my_check(my_domain);
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
