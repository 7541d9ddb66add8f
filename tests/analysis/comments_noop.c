// SPDX-License-Identifier: GPL-2.0-only
/* Constants in comments, strings and code that is not compiled. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	const char *text = "if (x) return -EINVAL;";

	/*
	 * ret = -ENODEV;
	 * goto out;
	 */
	my_log(dev, text); // return -EBUSY;
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
