// SPDX-License-Identifier: GPL-2.0-only
/* A helper that answers yes or no about the domain is a check like others. */
#include "fixture.h"

static bool my_wide(struct my_domain *my_domain)
{
	return my_domain->width > 32;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_master *master = dev_iommu_priv_get(dev);

	if (my_wide(my_domain)) {
		if (master->iommu->width < 48)
			return -ENXIO; /* expect: incompatible EINVAL */
	}
	if (!my_wide(my_domain)) {
		if (!master->num_ids)
			return -EINVAL; /* expect: incompatible EINVAL */
	}
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
