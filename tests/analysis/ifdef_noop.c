// SPDX-License-Identifier: GPL-2.0-only
/* Preprocessor branches around what is overwritten. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	int ret;

#if IS_ENABLED(CONFIG_MY_SVA)
	ret = -ENODEV;
#else
	ret = -EINVAL;
#endif
	ret = 0;
	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
