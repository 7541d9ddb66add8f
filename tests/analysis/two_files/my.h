/* SPDX-License-Identifier: GPL-2.0-only */
/* Static inlines in a header of the driver. */
#include "fixture.h"

int my_fits(struct my_domain *my_domain, struct my_iommu *iommu);

static inline int my_inline_check(struct my_iommu *iommu)
{
	if (!iommu)
		return -EINVAL; /* expect: device ENODEV */
	return 0;
}
