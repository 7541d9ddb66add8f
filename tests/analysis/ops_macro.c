// SPDX-License-Identifier: GPL-2.0-only
/* Tables that macros make: whole, in part, and by pasting names. */
#include "fixture.h"

struct my_impl {
	int (*init)(struct device *dev);
};

#define DEFINE_OPS(_name, _attach) \
	static const struct iommu_domain_ops _name = { .attach_dev = _attach, }
#define PASTED_OPS(p) .attach_dev = p##_attach_dev, .free = p##_free
#define DEFINE_IMPL(_name, _init) static const struct my_impl _name = { .init = _init, }

static int first_init(struct device *dev)
{
	if (!dev_iommu_priv_get(dev))
		return -EINVAL; /* expect: device ENODEV */
	return 0;
}

DEFINE_IMPL(first_impl, first_init);

static int first_attach(struct iommu_domain *domain, struct device *dev)
{
	const struct my_impl *impl = &first_impl;

	if (to_my_domain(domain)->frozen)
		return -EBUSY; /* expect: incompatible EINVAL */
	return impl->init(dev);
}

static int second_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	if (to_my_domain(domain)->width > 39)
		return -EBUSY; /* expect: incompatible EINVAL */
	return 0;
}

DEFINE_OPS(first_ops, first_attach);

static const struct iommu_domain_ops second_ops = {
	PASTED_OPS(second),
};
