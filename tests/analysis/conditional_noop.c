// SPDX-License-Identifier: GPL-2.0-only
/* A conditional whose arms are flags, and one that nobody returns. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	int state = iommu->broken ? -EIO : 0;

	my_log(dev, state);
	my_program(iommu->width > 32 ? ENODEV : EINVAL);
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
