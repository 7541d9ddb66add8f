// SPDX-License-Identifier: GPL-2.0-only
/* Messages next to a soft failure go, those next to a hard one stay. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);
	int ret = 0;

	if (!iommu) {
		dev_err(dev, "no IOMMU\n");
		return -EINVAL; /* expect: device ENODEV */
	}

	if (my_domain->dev) {
		dev_err(dev, "domain in use by %s\n",
			dev_name(my_domain->dev));
		ret = -EBUSY; /* expect: incompatible EINVAL print */
		goto out;
	}

	if (my_domain->width > iommu->width) {
		pr_warn_ratelimited("too wide\n");
		return -EINVAL; /* expect: incompatible EINVAL print */
	}
out:
	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
