// SPDX-License-Identifier: GPL-2.0-only
/* The twin of a gate on the kind: the kind alone is what is refused, or no kind is asked. */
#include "fixture.h"

static int my_window(struct device *dev)
{
	int len;
	const __be32 *cells = of_get_property(dev->of_node, "my,window", &len);

	if (cells && len < 16)
		return -EINVAL; /* expect: device ENODEV */
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	int ret;

	if (domain->type == IOMMU_DOMAIN_NESTED) {
		dev_err(dev, "cannot be nested\n");
		return -ENODEV; /* expect: incompatible EINVAL print */
	}
	switch (domain->type) {
	case IOMMU_DOMAIN_DMA:
	case IOMMU_DOMAIN_UNMANAGED:
		break;
	default:
		return -EOPNOTSUPP; /* expect: incompatible EINVAL */
	}
	ret = my_window(dev);
	if (ret)
		return ret;
	if (!iommu->max_ids)
		return -EINVAL; /* expect: device ENODEV */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
