// SPDX-License-Identifier: GPL-2.0-only
/* The same where no error is logged on every such way, or what is left out is not the domain's. */
#include "fixture.h"

#define my_domain_of(d) container_of(d, struct my_domain, domain)
#define my_use(d) (count += (d)->id)

static int count;

static bool my_needed(struct my_domain *my_domain, struct my_iommu *iommu)
{
	if (my_domain->frozen) {
		dev_err(iommu->dev, "frozen\n");
		return false;
	}
	if (my_domain->table)
		return false;
	return true;
}

static int my_power(struct my_iommu *iommu)
{
	if (iommu->broken) {
		dev_err(iommu->dev, "no power switch, it may be on\n");
		return 0;
	}
	writel(1, iommu);
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_master *master = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = my_domain_of(domain);
	int ret;

	if (my_domain->iommu == master->iommu) {
		dev_err(dev, "attached already\n");
		return 0;
	}
	if (!my_needed(my_domain, master->iommu))
		return 0;
	ret = my_power(master->iommu);
	if (ret)
		return ret;
	my_domain->dev = dev;
	return 0;
}

static int my_attach_used(struct iommu_domain *domain, struct device *dev)
{
	struct my_master *master = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = my_domain_of(domain);

	my_use(my_domain);
	if (my_domain->iommu != master->iommu)
		return 0;
	my_domain->dev = dev;
	return 0;
}

static const struct iommu_domain_ops my_domain_ops[] = {
	{ .attach_dev = my_attach_dev },
	{ .attach_dev = my_attach_used },
};
