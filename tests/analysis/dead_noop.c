// SPDX-License-Identifier: GPL-2.0-only
/* Code behind a return: it writes nothing that anybody sees. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	int ret = 0;

	goto out;
	ret = -EINVAL;
out:
	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
