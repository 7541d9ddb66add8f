// SPDX-License-Identifier: GPL-2.0-only
/* A gate on the domain's kind says little: callers seldom can choose another kind. */
#include "fixture.h"

static int my_check(struct my_iommu *iommu)
{
	if (iommu->width < 40)
		return -EOPNOTSUPP; /* expect: unknown */
	return 0;
}

static int my_window(struct device *dev)
{
	int len;
	const __be32 *cells = of_get_property(dev->of_node, "my,window", &len);

	if (cells && len < 16) {
		dev_err(dev, "my,window is too short\n");
		return -EINVAL; /* expect: device ENODEV */
	}
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	int ret;

	if (domain->type == IOMMU_DOMAIN_NESTED) {
		if (!iommu->max_ids) {
			dev_err(dev, "no ids\n");
			return -EINVAL; /* expect: unknown */
		}
		ret = my_check(iommu);
		if (ret)
			return ret;
	}
	switch (domain->type) {
	case IOMMU_DOMAIN_DMA:
		ret = my_window(dev);
		if (ret)
			return ret;
		break;
	case IOMMU_DOMAIN_IDENTITY:
		if (iommu->broken)
			return -EPERM; /* expect: unknown */
		break;
	}
	if (domain->type & __IOMMU_DOMAIN_PAGING) {
		if (!iommu->width)
			return -ENXIO; /* expect: unknown */
	}

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
