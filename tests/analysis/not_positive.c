// SPDX-License-Identifier: GPL-2.0-only
/* 0 is a failure too: it must not be handed on. */
#include "fixture.h"

static int my_irq(struct my_iommu *iommu)
{
	if (iommu->broken)
		return -EIO;
	return iommu->max_ids;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	int irq = my_irq(dev_iommu_priv_get(dev));

	if (irq <= 0)
		return -EINVAL; /* expect: unknown */
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
