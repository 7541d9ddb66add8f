// SPDX-License-Identifier: GPL-2.0-only
/* One preset constant, arms of every form: each gets its own errno. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);
	int ret = -EINVAL; /* expect: device ENODEV; device ENODEV; incompatible EINVAL; incompatible EINVAL print; device ENODEV */

	if (my_domain->width > iommu->width)
		goto out;
	if (my_domain->dev) {
		dev_err(dev, "in use\n");
		goto out;
	}
	/* checked last */
	if (!iommu->dev || iommu->broken)
		/* no way */
		goto out; /* give up */
	if (!iommu->width) {
		my_program(iommu);
		goto out;
	}
	if (iommu->max_ids > 4)
		return ret;

	ret = 0;
out:
	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
