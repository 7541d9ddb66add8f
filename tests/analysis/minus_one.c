// SPDX-License-Identifier: GPL-2.0-only
/* A helper that says -1 must not have it handed on: that would be EPERM. */
#include "fixture.h"

static int my_probe(struct my_iommu *iommu)
{
	if (iommu->broken)
		return -1;
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	int ret = my_probe(dev_iommu_priv_get(dev));

	if (ret < 0)
		return -EINVAL; /* expect: device ENODEV */
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
