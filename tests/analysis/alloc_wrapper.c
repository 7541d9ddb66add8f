// SPDX-License-Identifier: GPL-2.0-only
/* An allocator behind a helper of the driver, and one behind a cast. */
#include "fixture.h"

static u32 *my_alloc_table(struct my_iommu *iommu)
{
	u32 *table = kcalloc(iommu->max_ids, sizeof(*table), GFP_KERNEL);

	return table;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	u32 *spare;

	my_domain->table = my_alloc_table(dev_iommu_priv_get(dev));
	if (!my_domain->table)
		return -ENOMEM; /* expect: nomem ENOMEM */

	if (!(spare = (u32 *)kzalloc(64, GFP_ATOMIC)))
		return -EINVAL; /* expect: nomem ENOMEM */

	kfree(spare);
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
