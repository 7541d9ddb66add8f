// SPDX-License-Identifier: GPL-2.0-only
/* Errnos that mean what they say, and those of hardware that is asked for a domain's sake. */
#include "fixture.h"

static int my_wait(struct my_iommu *iommu)
{
	int tries;

	for (tries = 0; tries < 100; tries++)
		if (readl(iommu->dev) & 1)
			return 0;
	return -ETIMEDOUT; /* expect: unknown */
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);

	if (!iommu)
		return -EPROBE_DEFER; /* expect: device - */
	if (my_domain->type == 3 && readl(iommu->dev) == 7)
		return -EIO; /* expect: unknown */
	if (my_domain->type == 4) {
		if (!iommu->max_ids)
			return -EAGAIN; /* expect: unknown */
	}
	if (my_domain->type == 5)
		return my_wait(iommu);
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
