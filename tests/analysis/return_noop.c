// SPDX-License-Identifier: GPL-2.0-only
/* Values that are no errno constants, though they look like some. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	/* if (!iommu) return -ENODEV; */
	if (!iommu)
		pr_debug("return -ENODEV");
	// ret = -EINVAL; goto out;
	if (iommu->broken)
		my_log(dev, -EIO);

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
