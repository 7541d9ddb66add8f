// SPDX-License-Identifier: GPL-2.0-only
/* A static domain gets its table at run time: what it is refused for, another kind may pass. */
#include "fixture.h"

static int my_identity_attach(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	if (!iommu)
		return -EINVAL; /* expect: device ENODEV */
	if (iommu->width < 32)
		return -ENODEV; /* expect: incompatible EINVAL */

	return 0;
}

static const struct iommu_domain_ops my_identity_ops = {
	.attach_dev = my_identity_attach,
};

static struct iommu_domain my_identity;

static void my_setup(void)
{
	my_identity.type = IOMMU_DOMAIN_IDENTITY;
	my_identity.ops = &my_identity_ops;
}
