// SPDX-License-Identifier: GPL-2.0-only
/* A search in a bitmap whose answer is compared with its size. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	unsigned int id;

	id = find_first_zero_bit(iommu->id_map, iommu->max_ids);
	if (id >= iommu->max_ids)
		return -EINVAL; /* expect: nospc ENOSPC */

	set_bit(id, iommu->id_map);
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
