// SPDX-License-Identifier: GPL-2.0-only
/* No slot without a domain was found: that the device is broken does not follow, the slots ran out. */
#include "fixture.h"

struct my_slot {
	struct my_domain *domain;
};

static struct my_slot my_slots[8];

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	int i;

	for (i = 0; i < 8; i++) {
		if (!my_slots[i].domain)
			break;
	}
	if (i == 8)
		return -EINVAL; /* expect: nospc ENOSPC */
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
