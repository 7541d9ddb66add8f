// SPDX-License-Identifier: GPL-2.0-only
/* What the variable holds is needed where the code is 0: nothing can keep it. */
#include "fixture.h"

static int my_enable(struct my_iommu *iommu)
{
	if (iommu->broken)
		return -EIO; /* expect: device ENODEV */
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	int ret = my_enable(iommu); /* the error that is returned in the end */

	if (my_enable(iommu)) {
		ret = -ENODEV; /* expect: swallowed propagate review */
		goto out;
	}
	my_program(iommu);
out:
	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
