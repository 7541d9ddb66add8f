// SPDX-License-Identifier: GPL-2.0-only
/* The errno of a pointer is replaced: PTR_ERR() carries it, and uncovers its site. */
#include "fixture.h"

static struct my_iommu *my_find(struct device *dev)
{
	if (!dev->of_node)
		return ERR_PTR(-EINVAL); /* expect: device ENODEV */

	return dev_iommu_priv_get(dev);
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = my_find(dev);

	if (IS_ERR(iommu))
		return -ENODEV; /* expect: swallowed propagate */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
