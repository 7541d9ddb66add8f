// SPDX-License-Identifier: GPL-2.0-only
/* A name says nothing: this cc is an errno and goes on. */
#include "fixture.h"

static int my_hw_register(struct my_iommu *iommu)
{
	if (!iommu->max_ids)
		return -EINVAL; /* expect: device ENODEV */
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	int cc;

	cc = my_hw_register(dev_iommu_priv_get(dev));
	if (cc)
		return -EIO; /* expect: swallowed propagate */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
