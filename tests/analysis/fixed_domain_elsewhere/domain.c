// SPDX-License-Identifier: GPL-2.0-only
/* The domain that the table of ops.c serves. */
#include "fixture.h"

extern const struct iommu_domain_ops my_identity_ops;

struct iommu_domain my_identity = {
	.type = IOMMU_DOMAIN_IDENTITY,
	.ops = &my_identity_ops,
};
