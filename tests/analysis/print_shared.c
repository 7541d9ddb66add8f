// SPDX-License-Identifier: GPL-2.0-only
/* A message that a caller outside of the callback may see, too, stays as it is. */
#include "fixture.h"

static int my_check(struct my_domain *my_domain, struct device *dev)
{
	if (my_domain->dev) {
		dev_err(dev, "in use\n");
		return -EBUSY; /* expect: incompatible EINVAL */
	}
	return 0;
}

static int my_probe(struct my_domain *my_domain, struct device *dev)
{
	return my_check(my_domain, dev);
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	return my_check(to_my_domain(domain), dev);
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
