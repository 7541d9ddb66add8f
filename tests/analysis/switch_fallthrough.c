// SPDX-License-Identifier: GPL-2.0-only
/* A case that falls through into the one that fails. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	int ret = 0;

	switch (iommu->max_ids) {
	case 0:
		pr_debug("none\n");
		fallthrough;
	case 1:
		ret = -EINVAL; /* expect: device ENODEV */
		break;
	case 2:
		ret = -EINVAL;
		/* fall through */
	case 3:
		ret = 0;
		break;
	}
	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
