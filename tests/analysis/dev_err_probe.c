// SPDX-License-Identifier: GPL-2.0-only
/* The value of dev_err_probe() is the errno that it is given. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	if (!iommu)
		return dev_err_probe(dev, -EINVAL, "no IOMMU\n"); /* expect: device ENODEV */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
