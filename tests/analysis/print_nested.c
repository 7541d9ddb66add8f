// SPDX-License-Identifier: GPL-2.0-only
/* Messages of other ways out are none of those with conditions of their own. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	if (my_domain->dev) {
		dev_err(dev, "in use\n");
		if (my_domain->frozen)
			dev_err(dev, "frozen\n");
		else
			dev_err(dev, "not frozen\n");
		return -EBUSY; /* expect: incompatible EINVAL print */
	}
	if (my_domain->width > iommu->width) {
		if (my_domain->frozen) {
			dev_err(dev, "frozen and wide\n");
			return -EPERM; /* expect: incompatible EINVAL print */
		}
		return -EXDEV; /* expect: incompatible EINVAL */
	}
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
