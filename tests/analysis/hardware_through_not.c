// SPDX-License-Identifier: GPL-2.0-only
/* The twin of hardware reached through the domain: whom it points to, and what it owns, is its own. */
#include "fixture.h"

struct my_bank {
	void __iomem *regs;
	struct my_iommu *iommu;
};

struct my_table {
	unsigned int users;
	struct list_head clients;
};

struct my_paging {
	struct iommu_domain domain;
	struct my_bank *bank;
	struct my_table *table;
	unsigned int users;
	struct list_head clients;
};

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_paging *paging = container_of(domain, struct my_paging, domain);
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	struct my_bank *bank = paging->bank;
	struct my_master *client;

	if (paging->users)
		return -EBUSY; /* expect: incompatible EINVAL */
	if (paging->table->users > 4)
		return -EBUSY; /* expect: incompatible EINVAL */
	if (bank->iommu != iommu)
		return -ENODEV; /* expect: incompatible EINVAL */
	if (paging->bank->iommu != iommu)
		return -ENODEV; /* expect: incompatible EINVAL */
	list_for_each_entry(client, &paging->clients, node) {
		if (client->dev == dev)
			return -EEXIST; /* expect: incompatible EINVAL */
	}

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
