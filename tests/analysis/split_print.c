// SPDX-License-Identifier: GPL-2.0-only
/* A way out that gets its own errno and loses its message. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);
	int ret = -ENODEV; /* expect: device ENODEV; incompatible EINVAL print */

	if (iommu->broken)
		goto out;
	if (my_domain->width > iommu->width) {
		/* too wide */
		dev_err(dev, "too wide\n"); /* tell */
		goto out;
	}
	ret = 0;
out:
	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
