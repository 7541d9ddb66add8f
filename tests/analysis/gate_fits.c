// SPDX-License-Identifier: GPL-2.0-only
/* That the domain fits is no evidence: what is checked inside is judged by itself. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	if (my_domain->iommu == iommu) {
		if (iommu->broken)
			return -EINVAL; /* expect: device ENODEV */
	}
	if (my_domain->width == iommu->width && !iommu->max_ids)
		return -EINVAL; /* expect: device ENODEV */
	if (iommu->max_ids == my_domain->id) {
		if (iommu->broken) {
			dev_err(dev, "broken\n");
			return -EINVAL; /* expect: device ENODEV */
		}
	}
	if (my_domain->iommu != iommu)
		return -EXDEV; /* expect: incompatible EINVAL */
	if (iommu->broken)
		return -EINVAL; /* expect: device ENODEV */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
