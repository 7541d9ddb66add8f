// SPDX-License-Identifier: GPL-2.0-only
/* Labels that unwind, one after the other, share one return. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);
	int ret;

	ret = -EINVAL; /* expect: device ENODEV */
	if (!iommu)
		goto fail;

	my_domain->table = kzalloc(64, GFP_KERNEL);
	if (!my_domain->table) {
		ret = -ENOMEM; /* expect: nomem ENOMEM */
		goto put;
	}
	if (my_domain->width > iommu->width) {
		ret = -EFAULT; /* expect: incompatible EINVAL */
		goto free;
	}
	return 0;
free:
	kfree(my_domain->table);
put:
	my_put(iommu);
fail:
	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
