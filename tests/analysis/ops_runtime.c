// SPDX-License-Identifier: GPL-2.0-only
/* The callback is installed at run time. */
#include "fixture.h"

static int my_late_attach(struct iommu_domain *domain, struct device *dev)
{
	if (!dev_iommu_priv_get(dev))
		return -EINVAL; /* expect: device ENODEV */
	return 0;
}

static struct iommu_domain_ops my_late_ops;

static void my_setup(void)
{
	struct iommu_domain_ops *ops = &my_late_ops;

	ops->attach_dev = my_late_attach;
}
