// SPDX-License-Identifier: GPL-2.0-only
/* The other file, with a static twin of a name that core.c means otherwise. */
#include "fixture.h"

#include "my.h"

int my_fits(struct my_domain *my_domain, struct my_iommu *iommu)
{
	if (my_domain->width > iommu->width)
		return -EFAULT; /* expect: incompatible EINVAL */
	return 0;
}

static int my_attach_dev_unused(struct my_iommu *iommu)
{
	return -EINVAL;
}
