// SPDX-License-Identifier: GPL-2.0-only
/* The table serves one static domain: a check of the device rules out that one only. */
#include "fixture.h"

static int my_identity_attach(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	if (!iommu)
		return -EINVAL; /* expect: device ENODEV */
	if (iommu->width < 32)
		return -EINVAL; /* expect: incompatible EINVAL */

	return 0;
}

static const struct iommu_domain_ops my_identity_ops = {
	.attach_dev = my_identity_attach,
};

static struct iommu_domain my_identity = {
	.type = IOMMU_DOMAIN_IDENTITY,
	.ops = &my_identity_ops,
};
