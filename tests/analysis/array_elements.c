// SPDX-License-Identifier: GPL-2.0-only
/* The loop ends early because of the domain; the device's element is the device's still. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *mine = to_my_domain(domain);
	struct my_iommu **iommus = dev_iommu_priv_get(dev);
	int i;

	for (i = 0; i < 4; i++) {
		if (mine->width == i)
			break;
		if (!iommus[i])
			return -EINVAL; /* expect: device ENODEV */
	}
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
