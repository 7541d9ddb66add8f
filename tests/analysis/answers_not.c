// SPDX-License-Identifier: GPL-2.0-only
/* The twin of answers: a helper with errnos of its own, ways that differ, and what is not known. */
#include "fixture.h"

#define MY_OK	0
#define MY_FAIL	(-1)

static int my_errno(struct my_iommu *iommu)
{
	if (iommu->broken)
		return -EIO; /* expect: device ENODEV */
	return 0;
}

static int my_both(struct my_iommu *iommu, struct my_domain *my_domain)
{
	if (iommu->broken)
		return MY_FAIL;
	if (my_domain->width > iommu->width)
		return MY_FAIL;
	return MY_OK;
}

static bool my_either(struct my_iommu *iommu, struct my_domain *my_domain)
{
	if (!my_domain->table)
		my_domain->table = kzalloc(SZ_4K, GFP_KERNEL);
	if (!my_domain->table)
		return false;
	return !iommu->broken;
}

static int my_wants(struct my_iommu *iommu, struct my_domain *my_domain)
{
	if (!my_domain->frozen)
		return 0;
	return iommu->broken ? 1 : 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_master *master = dev_iommu_priv_get(dev);
	struct my_iommu *iommu = master->iommu;
	int ret;

	if (my_errno(iommu) != MY_OK)
		return -ENXIO; /* expect: swallowed propagate review */
	ret = my_errno(iommu);
	if (ret != MY_OK)
		return -ENXIO; /* expect: swallowed propagate */
	if (my_both(iommu, my_domain) != MY_OK)
		return -ENXIO; /* expect: unknown */
	if (!my_either(iommu, my_domain))
		return -ENXIO; /* expect: unknown */
	if (my_wants(iommu, my_domain) != MY_OK)
		return -ENXIO; /* expect: incompatible EINVAL */
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
