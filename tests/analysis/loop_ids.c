// SPDX-License-Identifier: GPL-2.0-only
/* A loop over the ids that firmware gave to the device. */
#include "fixture.h"

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct iommu_fwspec *fwspec = dev_iommu_fwspec_get(dev);
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	int i;

	for (i = 0; i < fwspec->num_ids; i++) {
		u32 id = fwspec->ids[i];

		if (id >= iommu->max_ids)
			return -ERANGE; /* expect: device ENODEV */
	}
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
