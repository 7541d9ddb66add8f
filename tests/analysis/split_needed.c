// SPDX-License-Identifier: GPL-2.0-only
/* What is preset is needed behind the check, so the variable cannot keep the code. */
#include "fixture.h"

static int my_enable(struct my_iommu *iommu)
{
	if (iommu->broken)
		return -EIO;
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);
	int ret = -EINVAL; /* expect: swallowed propagate review; incompatible EINVAL */

	if (my_enable(iommu))
		goto out;
	if (my_domain->width > iommu->width)
		goto out;
	ret = 0;
out:
	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
