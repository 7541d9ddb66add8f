// SPDX-License-Identifier: GPL-2.0-only
/* Messages and no errno at all. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);

	if (my_domain->dev) {
		dev_err(dev, "domain in use, -EBUSY would be right\n");
		return 0;
	}
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
