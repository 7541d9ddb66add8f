// SPDX-License-Identifier: GPL-2.0-only
/* A macro that stands for an errno is only compared with, or stands for no errno. */
#include "fixture.h"

#define MY_ERR (-EBUSY)
#define MY_NONE 0

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	int ret = MY_ERR;

	if (ret == MY_ERR)
		ret = MY_NONE;
	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
