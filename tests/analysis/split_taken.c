// SPDX-License-Identifier: GPL-2.0-only
/* A code that is only tested is kept in the variable that was set to the constant. */
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
	int ret = 0;

	mutex_lock(&my_lock);
	if (!iommu->active) {
		if (my_enable(iommu)) {
			ret = -ENODEV; /* expect: swallowed propagate */
			goto out;
		}
	}
	if (!iommu->max_ids)
		ret = my_enable(iommu);
out:
	mutex_unlock(&my_lock);
	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
