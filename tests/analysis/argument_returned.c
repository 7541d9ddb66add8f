// SPDX-License-Identifier: GPL-2.0-only
/* A helper hands back the errno that it is given. */
#include "fixture.h"

static int my_fail(struct device *dev, int err)
{
	my_count(dev);
	return err;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	int ret;

	if (!dev_iommu_priv_get(dev))
		return my_fail(dev, -EINVAL); /* expect: device ENODEV */

	ret = -EBUSY; /* expect: incompatible EINVAL */
	if (my_domain->frozen)
		return my_fail(dev, ret);

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
