// SPDX-License-Identifier: GPL-2.0-only
/* Statement expressions whose value leaves the callback, in place and in macros. */
#include "fixture.h"

#define MY_CHECK(x) ({				\
	int r = 0;				\
	if (!(x))				\
		r = -EINVAL; /* expect: device ENODEV review */ \
	r; })

#define MY_ERROR(dev, fmt, ...) ({ my_log(dev, fmt, ##__VA_ARGS__); -EBUSY; /* expect: incompatible EINVAL review */ })

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	int ret = MY_CHECK(dev_iommu_priv_get(dev));

	if (ret)
		return ret;
	if (my_domain->frozen)
		return MY_ERROR(dev, "frozen %d", 1);
	ret = ({ int w = 0; if (my_domain->width > 48) w = -EBUSY; /* expect: incompatible EINVAL */ w; });
	if (ret)
		return ret;
	return ({ my_write(dev, 1); my_domain->type > 4 ? -EBUSY : 0; /* expect: incompatible EINVAL */ });
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
