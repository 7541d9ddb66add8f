// SPDX-License-Identifier: GPL-2.0-only
/* That the domain is not small enough is no fit, however it is written. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	if (my_domain->width > iommu->width) {
		if (iommu->broken)
			return -ENXIO; /* expect: incompatible EINVAL */
	}
	if (!(my_domain->width <= iommu->width)) {
		if (iommu->broken)
			return -ENXIO; /* expect: incompatible EINVAL */
	}

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
