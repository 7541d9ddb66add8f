// SPDX-License-Identifier: GPL-2.0-only
/* What is done is not known, so that nothing can be said of a refusal. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);
	int ret = my_prepare(dev);

	if (my_domain->iommu != iommu)
		return 0;
	my_domain->dev = dev;
	return 0;
}

/* A value that is 0 only by chance. */
static int my_attach_other(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);
	unsigned int width = iommu->width;

	if (my_domain->iommu != iommu)
		my_domain = NULL;
	if (my_domain && my_domain->width > width)
		goto out;
	my_domain->dev = dev;
	width = 0;
out:
	return my_finish(width);
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};

static const struct iommu_domain_ops my_other_ops = {
	.attach_dev = my_attach_other,
};
