// SPDX-License-Identifier: GPL-2.0-only
/* A driver of two files: the helper is in the other one. */
#include "fixture.h"

#include "my.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	int ret;

	ret = my_inline_check(iommu);
	if (ret)
		return ret;

	return my_fits(to_my_domain(domain), iommu);
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
