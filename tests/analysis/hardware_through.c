// SPDX-License-Identifier: GPL-2.0-only
/* What stands in hardware that the domain points to is the hardware's, whichever way it is told. */
#include "fixture.h"

struct my_bank {
	void __iomem *regs;
	unsigned int users;
	struct list_head clients;
};

struct my_client {
	struct list_head node;
	struct device *dev;
};

struct my_paging {
	struct iommu_domain domain;
	struct my_bank *bank;
	struct my_iommu *iommu;
};

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_paging *paging = container_of(domain, struct my_paging, domain);
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	struct my_bank *bank = paging->bank;
	struct my_client *client;

	if (bank->users > 4)
		return -EINVAL; /* expect: device ENODEV */
	if (paging->iommu->broken)
		return -EINVAL; /* expect: device ENODEV */
	if (paging->bank->users)
		return -EBUSY; /* expect: busy EBUSY */
	list_for_each_entry(client, &bank->clients, node) {
		if (client->dev == dev) {
			dev_err(dev, "already attached\n");
			return -EINVAL; /* expect: busy EBUSY */
		}
	}

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
