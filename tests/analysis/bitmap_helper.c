// SPDX-License-Identifier: GPL-2.0-only
/* The search is in a helper that hands the errno on. */
#include "fixture.h"

static int my_alloc_id(struct my_iommu *iommu)
{
	int id;

	do {
		id = find_next_zero_bit(iommu->id_map, iommu->max_ids, 1);
		if (id == iommu->max_ids)
			return -EBUSY; /* expect: nospc ENOSPC */
	} while (test_and_set_bit(id, iommu->id_map));

	return id;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	int ret = my_alloc_id(dev_iommu_priv_get(dev));

	if (ret < 0)
		return ret;

	my_domain->id = ret;
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
