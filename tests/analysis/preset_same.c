// SPDX-License-Identifier: GPL-2.0-only
/* One preset constant, two ways out of the same cause. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);
	int ret = -EBUSY; /* expect: incompatible EINVAL; incompatible EINVAL */

	if (my_domain->dev)
		goto out;
	if (my_domain->width > iommu->width)
		goto out;
	ret = 0;
out:
	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
