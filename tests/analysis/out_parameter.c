// SPDX-License-Identifier: GPL-2.0-only
/* A helper fills a local struct from the device. */
#include "fixture.h"

struct my_config {
	unsigned int width;
};

static void my_read_config(struct device *dev, struct my_config *config)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	config->width = iommu->width;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_config config;

	my_read_config(dev, &config);
	if (config.width < 32)
		return -EINVAL; /* expect: device ENODEV */
	if (config.width < my_domain->width)
		return -EFAULT; /* expect: incompatible EINVAL */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
