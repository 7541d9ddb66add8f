// SPDX-License-Identifier: GPL-2.0-only
/* Odd formatting: everything on few lines, and little on many. */
#include "fixture.h"

static int my_attach_dev (struct iommu_domain *domain,
	struct device *dev) { struct my_iommu *iommu = dev_iommu_priv_get (dev)
; struct my_domain *my_domain = to_my_domain(domain) ;
if(!iommu)return-EINVAL; /* expect: device ENODEV */
	if
	(
		my_domain
		->
		dev
	)
	{
		return
		- /* expect: incompatible EINVAL */
		EBUSY
		; }
	return 0; }

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
