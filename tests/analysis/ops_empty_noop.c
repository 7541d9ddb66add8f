// SPDX-License-Identifier: GPL-2.0-only
/* The table installs nothing, and its words stand in a comment. */
#include "fixture.h"

static int my_unused_attach(struct iommu_domain *domain, struct device *dev)
{
	return -EINVAL;
}

/* static const struct iommu_domain_ops x = { .attach_dev = my_unused_attach }; */
static const struct iommu_domain_ops my_null_ops = {
	.attach_dev = NULL,
	.detach_dev = my_detach,
};
