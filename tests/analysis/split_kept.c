// SPDX-License-Identifier: GPL-2.0-only
/* A code that is only tested is kept in the preset variable, which is free behind the check. */
#include "fixture.h"

static int my_enable(struct my_iommu *iommu)
{
	if (iommu->broken)
		return -EIO; /* expect: device ENODEV */
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);
	int ret;

	ret = -EINVAL; /* expect: incompatible EINVAL; swallowed propagate */
	if (my_domain->width > iommu->width)
		goto out;
	if (iommu->width) {
		if (my_enable(iommu) != 0)
			goto out;
		my_program(iommu);
	}
	ret = 0;
out:
	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
