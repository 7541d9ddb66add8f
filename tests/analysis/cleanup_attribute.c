// SPDX-License-Identifier: GPL-2.0-only
/* A variable that is freed by itself is declared and set all the same. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_master *old __free(kfree) = kzalloc(sizeof(*old), GFP_KERNEL);

	if (!old)
		return -EINVAL; /* expect: nomem ENOMEM */
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
