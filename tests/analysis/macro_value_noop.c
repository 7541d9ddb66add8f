// SPDX-License-Identifier: GPL-2.0-only
/* Statement expressions whose value goes nowhere. */
#include "fixture.h"

#define MY_CHECK(x) ({ int r = 0; if (!(x)) r = -EINVAL; r; })

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	int ret = ({ int w = 0; if (!dev) w = -EBUSY; w; });

	if (MY_CHECK(dev_iommu_priv_get(dev)))
		my_log(dev, ret);
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
