// SPDX-License-Identifier: GPL-2.0-only
/* Negative numbers that never leave, that are no errno, or that are no value of the callback. */
#include "fixture.h"

#define MY_NONE -1

static int my_find(struct my_master *master, u32 id)
{
	int found = -1, i;

	for (i = 0; i < master->num_ids; i++)
		if (master->ids[i] == id)
			found = i;
	return found;
}

static bool my_is_odd(struct my_master *master)
{
	return master->error ? -1 : 0;
}

static struct my_domain *my_none(struct my_master *master)
{
	return (struct my_domain *)-1;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_master *master = dev_iommu_priv_get(dev);
	int ret = -1;

	if (my_find(master, to_my_domain(domain)->id) == -1)
		master->error = MY_NONE;
	if (my_is_odd(master) || my_none(master) == master->domain)
		master->error = 0;
	ret = 0;
	if (ret == -1)
		return ret;
	return ret;
}

static int my_attach_other(struct iommu_domain *domain, struct device *dev)
{
	struct my_master *master = dev_iommu_priv_get(dev);

	return master->sva ? -4000 : 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};

static const struct iommu_domain_ops my_other_ops = {
	.attach_dev = my_attach_other,
};
