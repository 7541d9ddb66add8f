// SPDX-License-Identifier: GPL-2.0-only
/* One preset constant, two ways out of different causes: it is split. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);
	int ret;

	spin_lock(&my_lock);
	ret = -EINVAL; /* expect: device ENODEV; incompatible EINVAL */
	if (iommu->broken)
		goto out;

	if (my_domain->width > iommu->width)
		goto out;

	my_program(iommu);
	ret = 0;
out:
	spin_unlock(&my_lock);
	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
