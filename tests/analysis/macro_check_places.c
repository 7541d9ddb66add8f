// SPDX-License-Identifier: GPL-2.0-only
/* Uses of such macros in other places: in a condition, an arm, a loop, without a semicolon. */
#include "fixture.h"

#define MY_RET_IF(c, e)		do { if (c) return e; } while (0)
#define MY_STOP(c, e)		if (c) { ret = e; goto out; }
#define MY_CHECK(c, e, fmt, ...) ({ int r = 0; if (!(c)) { my_log(fmt, ##__VA_ARGS__); r = (e); } r; })
#ifdef CONFIG_MY
#define MY_TWIN(c, e)		do { if (c) return e; } while (0)
#else
#define MY_TWIN(c, e)		do { } while (0)
#endif

static int my_in_condition(struct my_domain *my_domain)
{
	int ret;

	if ((ret = MY_CHECK(my_domain->iommu, -EPERM, "no"))) /* expect: unknown */
		return ret;
	return 0;
}

static int my_in_arm(struct my_domain *my_domain, struct my_iommu *iommu)
{
	int ret = 0;

	ret = iommu->width > 3 ? MY_CHECK(iommu->max_ids, -EINVAL, "no %d", 2) : 0; /* expect: device ENODEV */
	if (ret)
		goto out;
	MY_STOP(my_domain->frozen, -EPERM) /* expect: incompatible EINVAL */
	MY_STOP(my_domain->width > iommu->width, -ERANGE) /* expect: incompatible EINVAL */
	my_write(iommu, 1);
out:
	return ret;
}

static int my_in_loop(struct my_master *master)
{
	int i;

	for (i = 0; i < 4; i++) {
		if (master->ids)
			MY_RET_IF(master->ids[i] > master->iommu->max_ids, -EINVAL); /* expect: device ENODEV */
		else
			MY_RET_IF(!master->num_ids, -EINVAL); /* expect: device ENODEV */
	}
	return 0;
}

static void *my_pointer(struct my_iommu *iommu)
{
	MY_RET_IF(iommu->broken, ERR_PTR(-EINVAL)); /* expect: device ENODEV */
	return my_table(iommu);
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_master *master = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);
	void *pointer = my_pointer(master->iommu);
	int ret;

	MY_RET_IF(IS_ERR(pointer), PTR_ERR(pointer));
	MY_TWIN(my_domain->frozen, -EBUSY); /* expect: unknown */
	ret = my_in_condition(my_domain);
	MY_RET_IF(ret, ret);
	ret = my_in_arm(my_domain, master->iommu);
	MY_RET_IF(ret < 0, ret);
	return my_in_loop(master);
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
