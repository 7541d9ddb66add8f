// SPDX-License-Identifier: GPL-2.0-only
/* Returns of 0 that refuse nothing: the same domain, nothing to do, the fast path. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);

	if (iommu->active == domain)
		return 0;
	if (my_domain->iommu == iommu) {
		dev_err(dev, "attached to this domain already\n");
		return 0;
	}
	if (my_domain->table)
		return 0;
	if (domain->type == IOMMU_DOMAIN_IDENTITY)
		return 0;
	if (!iommu)
		return 0;
	if (iommu->active)
		return 0;
	my_domain->iommu = iommu;
	return 0;
}

static int my_attach_counted(struct iommu_domain *domain, struct device *dev)
{
	struct my_master *master = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);

	list_add(&master->devices, &my_domain->devices);
	if (my_domain->iommu != master->iommu)
		return 0;
	writel(my_domain->id, master->iommu);
	return 0;
}

static int my_attach_done(struct iommu_domain *domain, struct device *dev)
{
	struct my_master *master = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);

	if (my_domain->iommu != master->iommu) {
		my_move(my_domain, master->iommu);
		return 0;
	}
	if (my_domain->id++ != master->num_ids)
		return 0;
	writel(my_domain->id, master->iommu);
	return 0;
}

/* Nothing is attached on any way: whoever uses this wants nothing else. */
static int my_attach_nothing(struct iommu_domain *domain, struct device *dev)
{
	struct my_master *master = dev_iommu_priv_get(dev);

	if (master->domain != to_my_domain(domain))
		return 0;
	return 0;
}

/* The end of what is done says nothing of the conditions that led there. */
static int my_attach_joined(struct iommu_domain *domain, struct device *dev)
{
	struct my_master *master = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);

	if (my_domain->iommu != master->iommu)
		dev_err(dev, "another IOMMU\n");
	my_domain->dev = dev;
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};

static const struct iommu_domain_ops my_other_ops[] = {
	{ .attach_dev = my_attach_counted },
	{ .attach_dev = my_attach_done },
	{ .attach_dev = my_attach_nothing },
	{ .attach_dev = my_attach_joined },
};
