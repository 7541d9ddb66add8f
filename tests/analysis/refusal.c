// SPDX-License-Identifier: GPL-2.0-only
/* Refusals that return success: a plain 0, and a variable that is 0 there. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);
	int ret = 0;

	if (!iommu) {
		dev_err(dev, "no IOMMU\n");
		return 0; /* expect: device ENODEV review */
	}
	if (my_domain->iommu != iommu)
		return ret; /* expect: incompatible EINVAL review */
	if (domain != iommu->active)
		return 0; /* expect: busy EBUSY review */
	ret = my_enable(iommu, my_domain);
	if (ret)
		return ret;
	my_domain->dev = dev;
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
