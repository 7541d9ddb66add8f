// SPDX-License-Identifier: GPL-2.0-only
/* Joined conditions whose if cannot be divided: left to a person. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);
	int ret;

	if (unlikely(!iommu || my_domain->width > iommu->width))
		return -EINVAL; /* expect: device ENODEV review; incompatible EINVAL */
	if (iommu->broken || my_domain->dev) {
		my_program(iommu);
		return -EINVAL; /* expect: device ENODEV review; incompatible EINVAL */
	}
	if (iommu->broken || my_domain->id > 1) {
		dev_err(dev, "cannot attach\n");
		return -EINVAL; /* expect: device ENODEV review; incompatible EINVAL review */
	}
	if (iommu->max_ids)
		my_program(iommu);
	else if (iommu->broken || my_domain->width > iommu->width)
		return -EINVAL; /* expect: device ENODEV review; incompatible EINVAL */
	if (!iommu->dev || my_domain->frozen) {
		ret = -EINVAL; /* expect: device ENODEV review; incompatible EINVAL */
	} else {
		my_program(iommu);
		ret = 0;
	}
	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
