// SPDX-License-Identifier: GPL-2.0-only
/* What a helper's answer means is what makes it give that answer, be it a status or yes and no. */
#include "fixture.h"

#define MY_OK	0
#define MY_FAIL	(-1)

static int my_root(struct my_domain *my_domain)
{
	u32 *table;

	if (my_domain->frozen)
		return MY_OK;
	table = kzalloc(SZ_4K, GFP_KERNEL);
	if (!table)
		return MY_FAIL;
	my_domain->table = table;
	return MY_OK;
}

static bool my_setup(struct my_domain *my_domain)
{
	void *p;

	if (my_domain->id)
		return true;
	p = kzalloc(SZ_4K, GFP_KERNEL);
	return p;
}

static bool my_number(struct my_iommu *iommu, struct my_domain *my_domain)
{
	int id = find_first_zero_bit(iommu->id_map, 16);

	if (id >= 16)
		return false;
	my_domain->id = id;
	return true;
}

static int my_state(struct my_iommu *iommu)
{
	return iommu->broken ? 3 : 0;
}

static int my_taken(struct my_master *master, struct my_domain *my_domain)
{
	if (!master->domain)
		return 0;
	return master->domain != my_domain;
}

static int my_width(struct my_iommu *iommu, struct my_domain *my_domain)
{
	if (my_domain->width > iommu->width)
		return -1;
	return 0;
}

static bool my_ready(struct my_iommu *iommu)
{
	if (my_state(iommu) != 0)
		return false;
	return true;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_master *master = dev_iommu_priv_get(dev);
	struct my_iommu *iommu = master->iommu;
	int st;

	if (my_root(my_domain) != MY_OK)
		return -ENOEXEC; /* expect: nomem ENOMEM */
	if (!my_number(iommu, my_domain))
		return -EINVAL; /* expect: nospc ENOSPC */
	if (MY_OK != (st = my_state(iommu)))
		return -EINVAL; /* expect: device ENODEV */
	if (!my_ready(iommu))
		return -EINVAL; /* expect: device ENODEV */
	if (my_taken(master, my_domain))
		return -EINVAL; /* expect: busy EBUSY */
	if (my_width(iommu, my_domain) < 0)
		return -ENXIO; /* expect: incompatible EINVAL */
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
