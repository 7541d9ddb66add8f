// SPDX-License-Identifier: GPL-2.0-only
/* Macros that leave with an errno that they are given: the site is the argument. */
#include "fixture.h"

#define MY_ENOHW		(-ENODEV)
#define MY_RET_IF(c, e)		do { if (unlikely(c)) return (e); } while (0)
#define MY_GOTO_IF(c, e, l)	do { if (c) { ret = (e); goto l; } } while (0)
#define MY_REQUIRE(c, e)	MY_RET_IF(!(c), e)
#define MY_TRY(expr)		({ int ret = (expr); if (ret) return ret; 0; })
#define MY_EITHER(c, a, b)	do { if (c) return a; else return b; } while (0)
#define MY_CHECK(dev, c, e, fmt, ...)			\
	({						\
		int __e = 0;				\
		if (!(c)) {				\
			my_log(dev, fmt, ##__VA_ARGS__);	\
			__e = (e);			\
		}					\
		__e;					\
	})

static int my_tables(struct my_domain *my_domain)
{
	int ret = 0;

	MY_GOTO_IF(my_domain->frozen, -EPERM, out); /* expect: incompatible EINVAL */
	my_write(my_domain, 1);
out:
	return ret;
}

static int my_clocks(struct my_master *master)
{
	return MY_CHECK(master->dev, master->iommu, -EINVAL, "no clock %d\n", 1); /* expect: device ENODEV */
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_master *master = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);
	int ret;

	MY_RET_IF(!master, MY_ENOHW); /* expect: device ENODEV */
	MY_REQUIRE(master->iommu, -EINVAL); /* expect: device ENODEV */
	MY_RET_IF(my_domain->iommu &&
		  my_domain->iommu != master->iommu,
		  -EXDEV); /* expect: incompatible EINVAL */
	ret = MY_CHECK(dev, my_domain->width <= 48, -EDOM, "too wide\n"); /* expect: incompatible EINVAL */
	if (ret)
		return ret;
	MY_TRY(my_tables(my_domain));
	MY_TRY(my_clocks(master));
	ret = -EBUSY; /* expect: incompatible EINVAL */
	MY_TRY(0);
	if (my_domain->type > 4)
		return ret;
	MY_EITHER(my_domain->frozen, -EBUSY, /* expect: incompatible EINVAL */
		  0);
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
