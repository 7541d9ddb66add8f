// SPDX-License-Identifier: GPL-2.0-only
/* Loops that look for something else than a free place of the hardware. */
#include "fixture.h"

struct my_hw {
	u32 ids[16];
	unsigned int n;
	bool broken;
};

struct my_table {
	struct iommu_domain domain;
	void *users[4];
	u32 id;
};

#define to_my_table(d) container_of(d, struct my_table, domain)

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_table *table = to_my_table(domain);
	struct my_hw *hw = dev_iommu_priv_get(dev);
	int i;

	for (i = 0; i < ARRAY_SIZE(table->users); i++)
		if (!table->users[i])
			break;
	if (i == ARRAY_SIZE(table->users))
		return -EBUSY; /* expect: incompatible EINVAL */
	for (i = 0; i < hw->n; i++)
		if (hw->ids[i] == 7)
			break;
	if (i == hw->n)
		return -EINVAL; /* expect: device ENODEV */
	for (i = 0; i < hw->n; i++)
		if (!hw->ids[i])
			return -EINVAL; /* expect: device ENODEV */
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
