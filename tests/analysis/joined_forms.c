// SPDX-License-Identifier: GPL-2.0-only
/* Joined conditions whose if can be divided: each half gets its own errno. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);
	int ret = 0;

	spin_lock(&my_lock);
	if (!iommu || iommu->broken ||
	    my_domain->width > iommu->width ||
	    my_domain->dev) {
		ret = -EINVAL; /* expect: device ENODEV; incompatible EINVAL */
		goto out;
	}
	if ((my_domain->frozen && my_domain->width > iommu->width) || !iommu->dev) {
		ret = -EINVAL; /* expect: device ENODEV; incompatible EINVAL */
		goto out;
	}
	if (iommu->max_ids < 2 || my_domain->id > iommu->max_ids || !iommu->id_map) {
		ret = -EINVAL; /* expect: device ENODEV; device ENODEV; incompatible EINVAL */
		goto out;
	}
	my_program(iommu);
out:
	spin_unlock(&my_lock);
	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
