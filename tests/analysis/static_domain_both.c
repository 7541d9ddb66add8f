// SPDX-License-Identifier: GPL-2.0-only
/* A static domain has the table, and so have domains that are made: these are others of its kind. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	if (iommu->width < 32)
		return -EINVAL; /* expect: device ENODEV */

	return 0;
}

static const struct iommu_domain_ops my_ops = {
	.attach_dev = my_attach_dev,
};

static struct iommu_domain my_first = {
	.type = IOMMU_DOMAIN_UNMANAGED,
	.ops = &my_ops,
};

static void my_init(struct my_domain *my_domain)
{
	my_domain->domain.ops = &my_ops;
}
