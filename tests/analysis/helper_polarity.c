// SPDX-License-Identifier: GPL-2.0-only
/* A helper says no where a table has no entry: that nothing is there is nobody's hold. */
#include "fixture.h"

static struct my_iommu *my_table[8];

static bool my_known(struct device *dev)
{
	if (!dev->id)
		return false;
	if (my_table[dev->id] == NULL)
		return false;
	return true;
}

static bool my_lost(struct device *dev)
{
	return !my_table[dev->id] ? true : false;
}

static int my_is_taken(struct device *dev)
{
	if (my_table[dev->id])
		return 1;
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	if (!my_known(dev))
		return -EINVAL; /* expect: device ENODEV */
	if (my_lost(dev))
		return -EINVAL; /* expect: device ENODEV */
	if (my_is_taken(dev))
		return -EINVAL; /* expect: unknown */
	if (!my_is_taken(dev))
		return -EINVAL; /* expect: device ENODEV */
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
