// SPDX-License-Identifier: GPL-2.0-only
/* An allocation that may fail without harm. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);

	my_domain->table = kzalloc(64, GFP_KERNEL);
	if (!my_domain->table)
		pr_debug("no memory: -ENOMEM\n");
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
