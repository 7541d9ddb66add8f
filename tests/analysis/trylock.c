// SPDX-License-Identifier: GPL-2.0-only
/* A lock that somebody holds for now says nothing of the device or the domain. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	if (!mutex_trylock(&iommu->lock))
		return -EINVAL; /* expect: unknown */
	if (!mutex_trylock(&my_domain->lock))
		return -EAGAIN; /* expect: unknown */
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
