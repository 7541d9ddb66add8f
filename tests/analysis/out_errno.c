// SPDX-License-Identifier: GPL-2.0-only
/* A helper hands its errno out through a pointer, and NULL as its value. */
#include "fixture.h"

static struct my_iommu *my_get(struct iommu_domain *domain, struct device *dev, int *err)
{
	struct my_master *master = dev_iommu_priv_get(dev);

	if (!master) {
		*err = -EINVAL; /* expect: device ENODEV */
		return NULL;
	}
	if (to_my_domain(domain)->frozen) {
		*err = -EBUSY; /* expect: incompatible EINVAL */
		return NULL;
	}
	*err = 0;
	return master->iommu;
}

static struct my_iommu *my_find(struct iommu_domain *domain, struct device *dev, int *err)
{
	return my_get(domain, dev, err);
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu;
	int ret;

	iommu = my_find(domain, dev, &ret);
	if (!iommu)
		return ret;

	my_write(iommu, 1);
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
