// SPDX-License-Identifier: GPL-2.0-only
/* Messages that are not directly in the branch of the soft failure. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);

	dev_info(dev, "attaching\n");
	if (my_domain->dev) {
		if (my_domain->frozen++)
			dev_err(dev, "frozen\n");
		my_count_failures(dev);
		return -EBUSY; /* expect: incompatible EINVAL */
	} else {
		dev_dbg(dev, "free\n");
	}
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
