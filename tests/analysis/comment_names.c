// SPDX-License-Identifier: GPL-2.0-only
/* Comments that would lie if the errno changed: above the function, at the place, behind it. */
#include "fixture.h"

/**
 * my_check - see whether the IOMMU works
 * @iommu: the IOMMU
 *
 * Return: 0, or -EINVAL if it is broken.
 */
static int my_check(struct my_iommu *iommu)
{
	if (iommu->broken)
		return -EINVAL; /* expect: device ENODEV review */
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);
	int ret;

	/* -EBUSY tells user space to try again */
	if (my_domain->dev)
		return -EBUSY; /* expect: incompatible EINVAL review */
	if (my_domain->width > iommu->width) {
		/* -EXDEV is what the tool knows */
		ret = -EXDEV; /* expect: incompatible EINVAL review */
		goto out;
	}
	if (my_domain->frozen)
		return -EPERM; /* -EPERM: see above */ /* expect: incompatible EINVAL review */
	ret = my_check(iommu);
out:
	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
