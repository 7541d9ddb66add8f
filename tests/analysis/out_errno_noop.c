// SPDX-License-Identifier: GPL-2.0-only
/* What a helper hands out through a pointer is overwritten or only looked at. */
#include "fixture.h"

static struct my_iommu *my_get(struct device *dev, int *err)
{
	struct my_master *master = dev_iommu_priv_get(dev);

	*err = -EINVAL;
	if (!master)
		return NULL;
	return master->iommu;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	int ret;
	struct my_iommu *iommu = my_get(dev, &ret);

	if (ret)
		my_log(dev, ret);
	ret = 0;
	my_write(iommu, 1);
	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
