// SPDX-License-Identifier: GPL-2.0-only
/* Something of the IOMMU is taken, or is used so many times; by whom is not known. */
#include "fixture.h"

static unsigned long my_flags;
static atomic_t my_users;

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	if (test_and_set_bit(0, &my_flags))
		return -EINVAL; /* expect: unknown */
	if (atomic_read(&my_users) >= iommu->max_ids)
		return -EINVAL; /* expect: unknown */
	if (!test_bit(1, &my_flags))
		return -EINVAL; /* expect: device ENODEV */
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
