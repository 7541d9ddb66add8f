// SPDX-License-Identifier: GPL-2.0-only
/* The same macros where nothing leaves the callback, or what they get is no errno. */
#include "fixture.h"

#define MY_RET_IF(c, e)		do { if (c) return (e); } while (0)
#define MY_GOTO_IF(c, e, l)	do { if (c) { ret = (e); goto l; } } while (0)
#define MY_TRY(expr)		({ int ret = (expr); if (ret) return ret; 0; })
#define MY_CHECK(c, e, fmt, ...) ({ int r = 0; if (!(c)) { my_log(fmt, ##__VA_ARGS__); r = (e); } r; })
#define MY_LOG(dev, e, ...)	my_log(dev, e, ##__VA_ARGS__)

static int my_start(struct device *dev)
{
	int ret = 0;

	MY_RET_IF(!dev, -EINVAL);
	MY_GOTO_IF(!dev, -EBUSY, out);
	MY_CHECK(dev, -EIO, "no device\n");
out:
	return ret;
}

static void my_stop(struct my_master *master)
{
	int ret;

	MY_GOTO_IF(!master, -EINVAL, out);
	my_write(master, 0);
out:
	my_log(master, ret);
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	int ret = 0;

	MY_RET_IF(my_domain->frozen, 0);
	MY_LOG(dev, -EINVAL);
	ret = MY_CHECK(dev, -EINVAL, "no device\n");
	ret = 0;
	MY_TRY(ret);
	my_start(dev);
	my_stop(dev_iommu_priv_get(dev));
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
