// SPDX-License-Identifier: GPL-2.0-only
/* Two ways of different causes lead to one return. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);

	if (iommu->broken)
		goto fail;
	if (my_domain->dev)
		goto fail;
	return 0;
fail:
	return -EBUSY; /* expect: unknown */
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
