// SPDX-License-Identifier: GPL-2.0-only
/* A static domain and a device that is held: held it is for each, or the driver says so. */
#include "fixture.h"

static int my_identity_attach(struct iommu_domain *domain, struct device *dev)
{
	struct my_master *master = dev_iommu_priv_get(dev);

	if (!master)
		return -EINVAL; /* expect: device ENODEV */
	if (master->sva)
		return -EBUSY; /* expect: busy EBUSY */
	if (master->iommu->active)
		return -EINVAL; /* expect: busy EBUSY */
	if (master->iommu->width < 32)
		return -EINVAL; /* expect: incompatible EINVAL */
	return 0;
}

static const struct iommu_domain_ops my_identity_ops = {
	.attach_dev = my_identity_attach,
};

static struct iommu_domain my_identity = {
	.type = IOMMU_DOMAIN_IDENTITY,
	.ops = &my_identity_ops,
};
