// SPDX-License-Identifier: GPL-2.0-only
/* A condition that only constants decide: what stands around it tells the cause. */
#include "fixture.h"

static int my_iopf(struct my_iommu *iommu)
{
	if (!IS_ENABLED(CONFIG_MY_IOPF))
		return -EOPNOTSUPP; /* expect: incompatible EINVAL */
	if (iommu->broken)
		return -ENXIO; /* expect: incompatible EINVAL */
	return 0;
}

static int my_map(struct my_domain *my_domain, struct my_iommu *iommu)
{
	int ret = 0;

	if (my_domain->width == 3)
		ret = 0;
	else if (my_domain->width == 4)
		iommu->width = 4;
	else if (WARN_ON(true))
		ret = -ENXIO; /* expect: incompatible EINVAL */
	return ret;
}

static int my_wait(struct my_iommu *iommu)
{
	int tries = 0;

	while (iommu->width < 8) {
		if (iommu->broken) {
			if (++tries == 5)
				return -EINVAL; /* expect: device ENODEV */
		}
	}
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	int ret;

	if (domain->iopf_handler) {
		ret = my_iopf(iommu);
		if (ret)
			return ret;
	}
	if (iommu->max_ids) {
		if (!IS_ENABLED(CONFIG_MY_IDS) && !IS_REACHABLE(CONFIG_MY_MORE))
			return -EINVAL; /* expect: device ENODEV */
	}
	if (my_domain->frozen) {
		if (WARN_ON_ONCE(1))
			return -EPERM; /* expect: incompatible EINVAL */
	}
	ret = my_wait(iommu);
	if (ret)
		return ret;
	return my_map(my_domain, iommu);
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
