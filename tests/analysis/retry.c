// SPDX-License-Identifier: GPL-2.0-only
/* A jump backwards tries again, and gives up in the end. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	int tries = 3, ret;

again:
	ret = -EINVAL; /* expect: device ENODEV */
	if (iommu->broken) {
		if (tries--)
			goto again;
		goto out;
	}
	ret = 0;
out:
	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
