// SPDX-License-Identifier: GPL-2.0-only
/* Joined conditions with a half that is not decided, or replaces a code: one site. */
#include "fixture.h"

static int my_enable(struct my_iommu *iommu)
{
	if (iommu->broken)
		return -EIO;
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);

	if (!iommu || my_domain->width > iommu->width || read_code(dev))
		return -EINVAL; /* expect: unknown */
	if (my_domain->dev || my_enable(iommu))
		return -ENXIO; /* expect: unknown */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
