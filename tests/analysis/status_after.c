// SPDX-License-Identifier: GPL-2.0-only
/* What no case of a switch takes is an answer like the others, though it stands behind it. */
#include "fixture.h"

static int my_told(u32 status)
{
	switch (status) {
	case 0:
		return 0;
	case 1:
		return -EINVAL; /* expect: unknown */
	case 2:
		return -EBUSY; /* expect: unknown */
	}
	return -EBADMSG; /* expect: unknown */
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_iommu *iommu = dev_iommu_priv_get(dev);

	if (my_domain->iommu)
		return 0;
	return my_told(readl(iommu->base));
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
