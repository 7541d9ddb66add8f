// SPDX-License-Identifier: GPL-2.0-only
/* Where a way out is taken the variable may hold something else: it cannot be set there. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);
	int ret = -EINVAL; /* expect: incompatible EINVAL; device ENODEV review */

	if (my_domain->width > iommu->width)
		goto out;
	if (my_domain->dev)
		ret = read_code(dev);
	if (iommu->broken)
		goto out;
	ret = 0;
out:
	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
