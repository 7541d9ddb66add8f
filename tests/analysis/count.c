// SPDX-License-Identifier: GPL-2.0-only
/* A count is tested: the helper returns how many there are, never an errno. */
#include "fixture.h"

static int my_count(struct my_master *master)
{
	int i, n = 0;

	for (i = 0; i < master->num_ids; i++)
		n += master->ids[i] ? 1 : 0;
	return n;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	int ret;

	ret = my_count(dev_iommu_priv_get(dev));
	if (!ret)
		return -EINVAL; /* expect: device ENODEV */
	if (ret > 4)
		return -ERANGE; /* expect: device ENODEV */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
