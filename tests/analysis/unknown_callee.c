// SPDX-License-Identifier: GPL-2.0-only
/* What a function without a body makes of the domain is not known. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	if (!my_external_match(to_my_domain(domain), iommu))
		return -EINVAL; /* expect: unknown */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
