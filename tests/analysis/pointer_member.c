// SPDX-License-Identifier: GPL-2.0-only
/* A function pointer in a table of the driver. */
#include "fixture.h"

struct my_impl {
	int (*init_context)(struct my_domain *my_domain, struct my_iommu *iommu);
};

static int my_plain_init(struct my_domain *my_domain, struct my_iommu *iommu)
{
	if (my_domain->width > iommu->width)
		return -EOPNOTSUPP; /* expect: incompatible EINVAL */
	return 0;
}

static int my_wide_init(struct my_domain *my_domain, struct my_iommu *iommu)
{
	if (iommu->width < 48)
		return -EINVAL; /* expect: device ENODEV */
	return 0;
}

static const struct my_impl my_plain = { .init_context = my_plain_init };
static const struct my_impl my_wide = { .init_context = my_wide_init, };

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	const struct my_impl *impl = my_impl_of(dev);

	if (impl && impl->init_context)
		return impl->init_context(to_my_domain(domain), iommu);

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
