// SPDX-License-Identifier: GPL-2.0-only
/* The errno itself comes out through a pointer. */
#include "fixture.h"

static void my_check(struct my_iommu *iommu, int *ret)
{
	*ret = 0;
	if (iommu->broken)
		*ret = -EINVAL; /* expect: device ENODEV */
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	int ret;

	my_check(dev_iommu_priv_get(dev), &ret);
	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
