// SPDX-License-Identifier: GPL-2.0-only
/* Functions without an error variable get one, whatever stands at their head. */
#include "fixture.h"

static int my_enable(struct my_iommu *iommu)
{
	if (iommu->broken)
		return -EIO; /* expect: device ENODEV */
	return 0;
}

static int my_start(struct my_iommu *iommu)
{
	/* first of all */
	if (my_enable(iommu))
		return -ENODEV; /* expect: swallowed propagate */
	return 0;
}

static int my_power(struct my_iommu *iommu)
{
	struct my_iommu *other = iommu; /* the same */
	unsigned int err;

	err = other->width;
	if (my_start(other) != 0) {
		my_program(iommu);
		return -EBUSY; /* expect: swallowed propagate */
	}
	while (err--) {
		if (my_enable(iommu) < 0)
			return -EBUSY; /* expect: swallowed propagate */
	}
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);
	my_program(iommu);

	if (my_power(iommu))
		return -ENODEV; /* expect: swallowed propagate */
	my_domain->iommu = iommu;
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
