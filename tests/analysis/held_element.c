// SPDX-License-Identifier: GPL-2.0-only
/* No element that is 0 was found: all of them are taken. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_master *master = dev_iommu_priv_get(dev);
	int found = -1, i;

	for (i = 0; i < master->num_ids; i++) {
		if (master->ids[i] == 0) {
			found = i;
			break;
		}
	}
	if (found < 0)
		return -EINVAL; /* expect: unknown */
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
