// SPDX-License-Identifier: GPL-2.0-only
/* A status of firmware, translated: the code does not tell a cause. */
#include "fixture.h"

static int my_translate(int status)
{
	switch (status) {
	case 1:
		return -EINVAL; /* expect: unknown */
	case 2:
		return -ENODEV; /* expect: unknown */
	default:
		return -EIO; /* expect: unknown */
	}
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	int status = my_host_call(dev, my_domain);

	if (status)
		return my_translate(status);

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
