// SPDX-License-Identifier: GPL-2.0-only
/* Messages at any depth, of which those of printers with a debug form can be turned down. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	int i;

	if (!iommu) {
		dev_err(dev, "no IOMMU\n");
		return -ENODEV; /* expect: device ENODEV */
	}
	if (my_domain->dev) {
		dev_err(dev, "in use\n");
		if (my_count(dev))
			dev_warn_once(dev, "too often\n");
		for (i = 0; i < 3; i++)
			pr_err_ratelimited("%d\n", i);
		dev_dbg(dev, "done\n");
		return -EBUSY; /* expect: incompatible EINVAL print */
	}
	if (my_domain->width > 40) {
		dev_err(dev, "too wide\n");
		dump_stack();
		return -EXDEV; /* expect: incompatible EINVAL print */
	}
	if (my_domain->width > 38) {
		printk(KERN_ERR "wide\n");
		return -EPERM; /* expect: incompatible EINVAL print */
	}
	if (my_domain->width > 36) {
		pr_notice("a little wide\n");
		return -EINVAL; /* expect: incompatible EINVAL print */
	}
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
