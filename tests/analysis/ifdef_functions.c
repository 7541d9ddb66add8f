// SPDX-License-Identifier: GPL-2.0-only
/* Twins of one helper, one for each configuration. */
#include "fixture.h"

#ifdef CONFIG_MY_SVA
static int my_sva(struct my_master *master)
{
	if (master->sva)
		return -EINVAL; /* expect: device ENODEV */
	return 0;
}
#else
static int my_sva(struct my_master *master)
{
	return 0;
}
#endif

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	return my_sva(dev_iommu_priv_get(dev));
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
