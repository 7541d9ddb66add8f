// SPDX-License-Identifier: GPL-2.0-only
/* The twin: the device decides which value a variable has, and the domain has a say elsewhere. */
#include "fixture.h"

static int my_config(struct my_iommu *iommu)
{
	switch (iommu->width) {
	case 32:
		return 1;
	case 48:
		return 2;
	}
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_master *master = dev_iommu_priv_get(dev);
	bool narrow = false;
	int i, cfg = 0;

	for (i = 0; i < master->num_ids; i++) {
		if (master->ids[i] == 7) {
			cfg = 1;
			break;
		}
	}
	if (!cfg)
		return -EINVAL; /* expect: device ENODEV */
	if (my_domain->width > 40)
		my_domain->id = 1;
	if (master->num_ids < 4)
		narrow = true;
	if (narrow)
		return -EINVAL; /* expect: device ENODEV */
	if (!my_config(master->iommu))
		return -EINVAL; /* expect: device ENODEV */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
