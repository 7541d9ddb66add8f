// SPDX-License-Identifier: GPL-2.0-only
/* Which domain the hardware runs is told by an id that was searched for, or the errno says so. */
#include "fixture.h"

struct my_core {
	struct device *dev;
	unsigned long *ids;
	int asid;
	int owner;
};

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_core *core = dev_get_drvdata(dev);

	if (!my_domain->frozen) {
		my_domain->id = find_first_zero_bit(core->ids, 16);
		if (my_domain->id >= 16)
			return -EINVAL; /* expect: nospc ENOSPC */
		my_domain->frozen = true;
	}
	if (core->asid != my_domain->id)
		return -EINVAL; /* expect: busy EBUSY */
	if (core->owner && core->owner != my_domain->id)
		return -EBUSY; /* expect: busy EBUSY */
	core->asid = my_domain->id;
	core->owner = my_domain->id;
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
