// SPDX-License-Identifier: GPL-2.0-only
/* Refusals told by a helper that logs, in a helper behind other work, behind an accessor macro. */
#include "fixture.h"

#define my_domain_of(d) container_of(d, struct my_domain, domain)

static bool my_allowed(struct my_domain *my_domain, struct my_iommu *iommu)
{
	if (my_domain->width > iommu->width) {
		dev_err(iommu->dev, "too wide\n");
		return false;
	}
	return true;
}

static int my_enable(struct my_iommu *iommu, struct my_domain *my_domain)
{
	int ret = 0;

	spin_lock(&iommu->lock);
	if (iommu->active == &my_domain->domain)
		goto out;
	if (iommu->broken) {
		dev_err(iommu->dev, "broken, not attached\n");
		goto out; /* expect: device ENODEV review */
	}
	writel(my_domain->id, iommu);
out:
	spin_unlock(&iommu->lock);
	return ret;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_master *master = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = my_domain_of(domain);
	int ret;

	if (!master) {
		dev_err(dev, "no IOMMU\n");
		return 0; /* expect: device ENODEV review */
	}
	if (!my_allowed(my_domain, master->iommu))
		return 0; /* expect: incompatible EINVAL review */
	list_add(&master->devices, &my_domain->devices);
	ret = my_enable(master->iommu, my_domain);
	if (ret)
		return ret;
	my_domain->dev = dev;
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
