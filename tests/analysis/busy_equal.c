// SPDX-License-Identifier: GPL-2.0-only
/* The identity of the domain's own struct, compared the other way round. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_master *master = dev_iommu_priv_get(dev);

	if (my_domain == master->domain)
		return 0;

	if (NULL != master->domain)
		return -EINVAL; /* expect: busy EBUSY */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
