// SPDX-License-Identifier: GPL-2.0-only
/* Constants around which nothing stands, and what only looks like one. */
#include "fixture.h"

static int my_count(struct my_iommu *iommu, unsigned int limit)
{
	if (my_domain_limit(limit))
		return -EPERM; /* expect: unknown */
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	int ret;

	if (!IS_ENABLED(CONFIG_MY_IOPF))
		return -EINVAL; /* expect: unknown */
	if (my_domain->frozen) {
		ret = my_count(iommu, 4);
		if (ret)
			return ret;
	}
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
