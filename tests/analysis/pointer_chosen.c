// SPDX-License-Identifier: GPL-2.0-only
/* A function that is chosen where it is called, and hooks that initialisers give by position. */
#include "fixture.h"

struct my_format {
	int bits;
	int (*setup)(struct my_domain *my_domain);
	int (*check)(struct my_iommu *iommu);
};

static int my_width(struct my_domain *my_domain)
{
	return my_domain->width > 48 ? -ERANGE : 0; /* expect: incompatible EINVAL */
}

static int my_broken(struct my_iommu *iommu)
{
	if (iommu->broken)
		return -EINVAL; /* expect: device ENODEV */
	return 0;
}

static int my_first(struct my_iommu *iommu, struct my_domain *my_domain)
{
	return my_domain->iommu == iommu ? 0 : -EBUSY; /* expect: incompatible EINVAL */
}

static int my_second(struct my_iommu *iommu, struct my_domain *my_domain)
{
	return my_domain->frozen ? -EPERM : 0; /* expect: incompatible EINVAL */
}

static const struct my_format my_one = { 48, my_width, my_broken };
static const struct my_format my_more[] = { { 32, my_width }, { .bits = 40 } };

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_master *master = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);
	const struct my_format *format = &my_one;
	int ret;

	ret = format->check(master->iommu);
	if (ret)
		return ret;
	ret = format->setup(my_domain);
	if (ret)
		return ret;
	ret = (master->num_ids > 1 ? my_first : my_second)(master->iommu, my_domain);
	if (ret)
		return ret;
	return (master->sva ? my_first : my_elsewhere)(master->iommu, my_domain); /* expect: unknown */
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
