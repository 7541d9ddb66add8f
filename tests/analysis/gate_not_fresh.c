// SPDX-License-Identifier: GPL-2.0-only
/* Gates that are no mark of a fresh domain: others than the attach path decide them, too. */
#include "fixture.h"

struct my_hw {
	struct my_iommu *iommu;
	bool faulted;
};

struct my_table {
	struct iommu_domain domain;
	unsigned int stage;
	bool nested;
	int format;
	unsigned int level;
};

#define to_my_table(d) container_of(d, struct my_table, domain)

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_table *table = to_my_table(domain);
	struct my_hw *hw = dev_iommu_priv_get(dev);

	if (!table->stage) {
		if (hw->faulted)
			return -EPERM; /* expect: incompatible EINVAL */
		table->stage = 2;
	}
	if (!table->nested) {
		if (hw->faulted)
			return -EPERM; /* expect: incompatible EINVAL */
	}
	if (table->format < 0) {
		if (hw->faulted)
			return -EPERM; /* expect: incompatible EINVAL */
		table->format = 1;
	}
	if (table->level > 2) {
		if (hw->faulted)
			return -EPERM; /* expect: incompatible EINVAL */
		table->level = 2;
	}
	return 0;
}

static int my_enable_nesting(struct iommu_domain *domain)
{
	to_my_table(domain)->stage = 1;
	to_my_table(domain)->nested = true;
	return 0;
}

static struct iommu_domain *my_domain_alloc(struct device *dev, unsigned int flags)
{
	struct my_table *table = kzalloc(sizeof(*table), GFP_KERNEL);

	if (!table)
		return NULL;
	table->format = flags ? -1 : 0;
	return &table->domain;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
	.enable_nesting = my_enable_nesting,
};
