// SPDX-License-Identifier: GPL-2.0-only
/* An errno comes out of a table, or of an object that was filled elsewhere. */
#include "fixture.h"

static const int my_codes[] = { [0] = 0, [1] = -EBUSY, [2] = -EIO };

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_master *master = dev_iommu_priv_get(dev);
	int ret;

	if (master->sva)
		return master->error; /* expect: unknown */
	ret = my_codes[my_start(dev)]; /* expect: unknown */
	if (ret)
		return ret;
	ret = my_first(dev);
	ret |= my_second(dev); /* expect: unknown */
	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
