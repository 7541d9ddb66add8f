// SPDX-License-Identifier: GPL-2.0-only
/* No errno of memory becomes the reserved one, whatever was asked: what is missing was to be memory. */
#include "fixture.h"

static int my_grow(struct my_domain *my_domain)
{
	my_domain->table = other_table(my_domain->width);
	return my_domain->table ? 0 : -ENOMEM; /* expect: nomem ENOMEM */
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	void *page;
	int ret;

	if (domain->type == IOMMU_DOMAIN_NESTED) {
		page = other_get(dev);
		if (!page)
			return -ENOMEM; /* expect: nomem ENOMEM */
	}
	if (my_domain->frozen) {
		page = kzalloc(64, GFP_KERNEL);
		if (!page)
			return -ENOMEM; /* expect: nomem ENOMEM */
		if (iommu->broken)
			return -ENOMEM; /* expect: unknown */
	}
	if (my_domain->width > 48)
		return -ENOMEM; /* expect: unknown */
	ret = my_grow(my_domain);
	if (ret)
		return ret;

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
