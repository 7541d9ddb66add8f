// SPDX-License-Identifier: GPL-2.0-only
/* The twin of a gate on what the domain asks for: the device is what asks. */
#include "fixture.h"

static int my_grow(struct my_iommu *iommu)
{
	if (iommu->broken) {
		dev_err(iommu->dev, "broken\n");
		return -ENXIO; /* expect: device ENODEV */
	}
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	int ret;

	if (my_domain->frozen)
		my_domain->id = 1;
	if (iommu->width > 40) {
		ret = my_grow(iommu);
		if (ret)
			return ret;
	}
	if (!iommu->max_ids)
		return -EINVAL; /* expect: device ENODEV */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
