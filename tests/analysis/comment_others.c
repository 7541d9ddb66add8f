// SPDX-License-Identifier: GPL-2.0-only
/*
 * Comments that name an errno and belong to something else: -EINVAL here is about the file,
 * -EBUSY as well.
 */
#include "fixture.h"

/* -EINVAL means that nothing fits, -EBUSY that all is taken. */

/* Look at the IOMMU: EINVALID is no errno, and -ENODEV is another one. */
static int my_check(struct my_iommu *iommu)
{
	if (iommu->broken)
		return -EINVAL; /* expect: device ENODEV */
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);

	/* my_prepare() may say -EBUSY */
	my_prepare(dev);
	my_log(dev); /* -EBUSY is no matter here */
	/* EBUSY is the name of a flag of the hardware, too */
	if (my_domain->dev)
		return -EBUSY; /* expect: incompatible EINVAL */
	/* what fits is not -EINVAL: this is right already */
	if (my_domain->width > iommu->width)
		return -EINVAL; /* expect: incompatible EINVAL */
	/* -EBUSY and -EXDEV are behind */
	return my_check(iommu);
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
