// SPDX-License-Identifier: GPL-2.0-only
/* Two callbacks share a helper; one verdict lists both. */
#include "fixture.h"

static int my_check(struct my_iommu *iommu)
{
	if (!iommu->max_ids)
		return -EINVAL; /* expect: device ENODEV */
	return 0;
}

static int my_paging_attach(struct iommu_domain *domain, struct device *dev)
{
	return my_check(dev_iommu_priv_get(dev));
}

static int my_nested_attach(struct iommu_domain *domain, struct device *dev)
{
	int ret = my_check(dev_iommu_priv_get(dev));

	return ret;
}

static const struct iommu_domain_ops my_paging_ops = { .attach_dev = my_paging_attach };
static const struct iommu_domain_ops my_nested_ops = { .attach_dev = my_nested_attach };
