// SPDX-License-Identifier: GPL-2.0-only
/* A switch of which each case refuses says nothing of what is checked behind it. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	switch (my_domain->width) {
	case 0:
		return -EINVAL; /* expect: incompatible EINVAL */
	case 1:
		return -EDOM; /* expect: incompatible EINVAL */
	}
	if (iommu->broken)
		return -EINVAL; /* expect: device ENODEV */
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
