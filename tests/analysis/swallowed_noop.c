// SPDX-License-Identifier: GPL-2.0-only
/* A callee's errno is handed on as it is, and that callee is not known. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	int ret;

	ret = my_hw_start(dev);
	if (ret) {
		dev_err(dev, "cannot start: -EINVAL\n");
		return ret;
	}
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
