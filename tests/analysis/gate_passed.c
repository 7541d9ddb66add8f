// SPDX-License-Identifier: GPL-2.0-only
/* That the domain passed another check is no evidence, however the code writes it down. */
#include "fixture.h"

static int my_check(struct my_domain *my_domain, struct my_iommu *iommu)
{
	if (my_domain->width > iommu->width)
		return -EACCES; /* expect: incompatible EINVAL */
	return 0;
}

static int my_hardware(struct my_iommu *iommu)
{
	if (iommu->broken)
		return -ENXIO; /* expect: device ENODEV */
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_master *master = dev_iommu_priv_get(dev);
	int ret;

	ret = my_check(my_domain, master->iommu);
	if (!ret)
		ret = my_hardware(master->iommu);
	if (!my_check(my_domain, master->iommu)) {
		if (!master->num_ids)
			return -EINVAL; /* expect: device ENODEV */
	}
	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
