// SPDX-License-Identifier: GPL-2.0-only
/* A helper tests for a held domain, whatever it is called. */
#include "fixture.h"

static bool my_type_mismatch(struct my_master *master)
{
	return master->domain != NULL;
}

static bool my_ready(struct my_master *master)
{
	if (master->domain)
		return false;
	return true;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_master *master = dev_iommu_priv_get(dev);

	if (my_type_mismatch(master))
		return -EINVAL; /* expect: busy EBUSY */
	if (!my_ready(master))
		return -EINVAL; /* expect: busy EBUSY */
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
