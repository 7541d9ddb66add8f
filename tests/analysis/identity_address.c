// SPDX-License-Identifier: GPL-2.0-only
/* Which domain the hardware runs is told by the address of its page table, however it was made. */
#include "fixture.h"

struct my_core {
	struct device *dev;
	int users;
	phys_addr_t ttb;
	u32 *table;
};

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_core *core = dev_get_drvdata(dev);
	phys_addr_t ttb = virt_to_phys(my_domain->table);
	int ret = -EINVAL; /* expect: busy EBUSY */

	if (core->table && core->table != my_domain->table)
		return -EINVAL; /* expect: busy EBUSY */
	core->table = my_domain->table;
	if (core->users++ == 0)
		core->ttb = ttb;
	else if (core->ttb != ttb)
		goto err;
	return 0;
err:
	core->users--;
	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
