// SPDX-License-Identifier: GPL-2.0-only
/* A helper with callers outside of the attach path keeps its message. */
#include "fixture.h"

static int my_fits(struct my_domain *my_domain, struct my_iommu *iommu)
{
	if (my_domain->width > iommu->width) {
		dev_err(iommu->dev, "too wide\n");
		return -EFAULT; /* expect: incompatible EINVAL */
	}
	return 0;
}

static int my_map(struct iommu_domain *domain, struct my_iommu *iommu)
{
	return my_fits(to_my_domain(domain), iommu);
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	return my_fits(to_my_domain(domain), dev_iommu_priv_get(dev));
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
