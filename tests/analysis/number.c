// SPDX-License-Identifier: GPL-2.0-only
/* Errnos by number: returned, preset, assigned, by a macro, handed through a helper. */
#include "fixture.h"

#define MY_FAILED (-22)
#define MY_BUSY MY_TAKEN
#define MY_TAKEN -16

static int my_prepare(struct my_iommu *iommu)
{
	if (iommu->broken)
		return -1; /* expect: device ENODEV review */
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);
	int ret = -1; /* expect: incompatible EINVAL review; incompatible EINVAL review */

	if (my_domain->width > iommu->width)
		goto out;
	if (my_domain->frozen)
		goto out;
	if (my_domain->iommu != iommu)
		return MY_FAILED; /* expect: incompatible EINVAL review */
	if (iommu->active != domain)
		return MY_BUSY; /* expect: busy EBUSY review */
	if (!iommu->dev) {
		dev_err(dev, "no IOMMU\n");
		ret = - 19; /* expect: device ENODEV review */
		goto out;
	}
	ret = my_prepare(iommu);
	if (ret == -1)
		return ret;
	ret = 0;
out:
	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
