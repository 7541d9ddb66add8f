// SPDX-License-Identifier: GPL-2.0-only
/* Constants that are only compared with. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	int ret = my_hw_start(dev);

	if (ret == -ENODEV)
		return 0;
	switch (ret) {
	case -EBUSY:
		return 0;
	case -EINVAL:
		my_log(dev, ret);
		return 0;
	}
	return ret == -EPERM ? 0 : ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
