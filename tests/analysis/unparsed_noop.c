// SPDX-License-Identifier: GPL-2.0-only
/* What cannot be parsed, and cannot make the callback return an errno. */
#include "fixture.h"

#define MY_LOOP(x) for (; x; )
#define MY_HALF(x) if (x) my_write(

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	iommu->prepare(dev);
	MY_LOOP(iommu->width)
		my_write(iommu, 1);
	my_odd(struct my_iommu *, iommu);
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
