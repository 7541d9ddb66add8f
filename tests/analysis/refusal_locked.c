// SPDX-License-Identifier: GPL-2.0-only
/* Refusals below a lock, in a helper, by goto and in an else. */
#include "fixture.h"

static int my_attach_locked(struct my_domain *my_domain, struct my_master *master)
{
	if (my_domain->width <= master->iommu->width) {
		my_domain->dev = master->dev;
		writel(my_domain->width, master->iommu);
	} else {
		dev_err(master->dev, "too wide\n");
		return 0; /* expect: incompatible EINVAL review */
	}
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_master *master = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);
	int ret;

	mutex_lock(&master->iommu->lock);
	ret = my_attach_locked(my_domain, master);
	mutex_unlock(&master->iommu->lock);
	return ret;
}

static int my_attach_other(struct iommu_domain *domain, struct device *dev)
{
	struct my_master *master = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);
	int ret = 0;

	spin_lock(&master->iommu->lock);
	if (my_domain->iommu != master->iommu)
		goto out; /* expect: incompatible EINVAL review */
	if (my_domain->frozen) {
		pr_err("the domain is frozen\n");
		ret = 0;
		goto out; /* expect: incompatible EINVAL review */
	}
	list_add(&master->devices, &my_domain->devices);
	ret = my_enable(master->iommu, my_domain);
out:
	spin_unlock(&master->iommu->lock);
	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};

static const struct iommu_domain_ops my_other_ops = {
	.attach_dev = my_attach_other,
};
