// SPDX-License-Identifier: GPL-2.0-only
/* ERR_CAST carries an errno from one pointer type to another. */
#include "fixture.h"

static struct my_iommu *my_find(struct device *dev)
{
	if (!dev->of_node)
		return ERR_PTR(-EINVAL); /* expect: device ENODEV */

	return dev_iommu_priv_get(dev);
}

static struct my_master *my_master_of(struct device *dev)
{
	struct my_iommu *iommu = my_find(dev);

	if (IS_ERR(iommu))
		return ERR_CAST(iommu);

	return my_first_master(iommu);
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_master *master = my_master_of(dev);

	if (IS_ERR(master))
		return PTR_ERR(master);

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
