// SPDX-License-Identifier: GPL-2.0-only
/* The twin of a counter of the device's: the domain decides how far it gets. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_master *master = dev_iommu_priv_get(dev);
	unsigned int n = 0, used = 0;
	int i;

	while (n < my_domain->width)
		n++;
	if (n == 0)
		return -ENODEV; /* expect: incompatible EINVAL */
	for (i = 0; i < master->num_ids; i++) {
		if (my_domain->width > master->ids[i])
			used++;
	}
	if (!used)
		return -ENODEV; /* expect: incompatible EINVAL */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
