// SPDX-License-Identifier: GPL-2.0-only
/* Tables of errnos that others see, that can be written, or that are not plain. */
#include "fixture.h"

struct my_rule {
	unsigned int bit;
	int err;
};

static const struct my_rule my_shared[] = { { 1, -EBUSY } };
static struct my_rule my_written[] = { { 1, -EBUSY } };
static const struct my_rule my_computed[] = { { 1, MY_CODE(3) } };

int my_other(int i)
{
	return my_shared[i].err;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	int i;

	for (i = 0; i < 1; i++) {
		if (my_domain->type & my_shared[i].bit)
			return my_shared[i].err; /* expect: unknown */
		if (my_domain->width & my_written[i].bit)
			return my_written[i].err; /* expect: unknown */
		if (my_domain->frozen)
			return my_computed[i].err; /* expect: unknown */
	}
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
