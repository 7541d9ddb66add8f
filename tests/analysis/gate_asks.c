// SPDX-License-Identifier: GPL-2.0-only
/* A gate on what the domain asks for is evidence: a domain that asks for less gets through. */
#include "fixture.h"

static int my_grow(struct my_iommu *iommu)
{
	if (iommu->broken)
		return -ENXIO; /* expect: incompatible EINVAL */
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	int ret;

	if (my_domain->frozen) {
		if (!iommu->max_ids) {
			dev_err(dev, "no ids for a frozen domain\n");
			return -EOPNOTSUPP; /* expect: incompatible EINVAL print */
		}
	}
	if (my_domain->width > 40) {
		ret = my_grow(iommu);
		if (ret)
			return ret;
	}
	if (domain->pgsize_bitmap & SZ_64K && !iommu->width)
		return -ENODEV; /* expect: incompatible EINVAL */
	if (domain->handler)
		if (iommu->broken)
			return -ENODEV; /* expect: incompatible EINVAL */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
