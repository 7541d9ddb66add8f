// SPDX-License-Identifier: GPL-2.0-only
/* A capability of the device is asked for once other types have left. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_master *master = dev_iommu_priv_get(dev);

	if (to_my_domain(domain)->domain.type != IOMMU_DOMAIN_SVA)
		return 0;
	if (!master->sva)
		return -EINVAL; /* expect: unknown */
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
