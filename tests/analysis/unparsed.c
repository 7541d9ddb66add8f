// SPDX-License-Identifier: GPL-2.0-only
/* What cannot be parsed is left to a person: a helper, a macro, a part of a function. */
#include "fixture.h"

#define MY_BAIL(x) if (x) { return -EBUSY;
#define MY_LEAVE return -EBUSY

static int MY_ODD(struct, [) my_helper(struct device *dev, ] int a)
{
	return -EINVAL;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	if (iommu->broken)
		return my_helper(dev, 1); /* expect: unknown */
	if (iommu->width > 48)
		return iommu->finish(dev); /* expect: unknown */
	MY_BAIL(iommu->max_ids); /* expect: unknown */
	if (iommu->masters.next)
		MY_LEAVE; /* expect: unknown */
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
