// SPDX-License-Identifier: GPL-2.0-only
/* A preset that is overwritten before every way out. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	int ret = -EINVAL;

	if (iommu->broken)
		pr_debug("broken\n");
	ret = 0;
	if (iommu->width)
		goto out;
	my_program(iommu);
out:
	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
