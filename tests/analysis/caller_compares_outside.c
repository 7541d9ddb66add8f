// SPDX-License-Identifier: GPL-2.0-only
/* The same, in a function outside of the attach path. */
#include "fixture.h"

static int my_check(struct my_iommu *iommu)
{
	if (!iommu->width)
		return -EINVAL; /* expect: device ENODEV review */
	return 0;
}

static void my_probe_finalize(struct my_iommu *iommu)
{
	int err;

	err = my_check(iommu);
	switch (err) {
	case -EINVAL:
		my_reset(iommu);
		break;
	}
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	return my_check(dev_iommu_priv_get(dev));
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
