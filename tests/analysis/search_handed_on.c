// SPDX-License-Identifier: GPL-2.0-only
/* An id was found, and a function of unknown body was given it: not the search is tested. */
#include "fixture.h"

int my_call(int what, int id, unsigned int width);

static DEFINE_IDA(my_ida);

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	int id = ida_alloc_range(&my_ida, 1, iommu->max_ids, GFP_KERNEL);
	int status;

	if (id < 0)
		return -EINVAL; /* expect: nospc ENOSPC */
	status = my_call(1, id, my_domain->width);
	if (status)
		return -EINVAL; /* expect: unknown */
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
