// SPDX-License-Identifier: GPL-2.0-only
/* A counter of the device's references, after a loop whose body may leave for the domain's sake. */
#include "fixture.h"

static int my_prepare(struct my_domain *my_domain)
{
	if (my_domain->frozen)
		return -EBUSY; /* expect: incompatible EINVAL */
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_master *master = dev_iommu_priv_get(dev);
	unsigned int n = 0, used = 0;
	int err, i;

	while (my_next_reference(dev, n)) {
		err = my_prepare(my_domain);
		if (err < 0)
			return err;
		n++;
	}
	if (n == 0)
		return -EINVAL; /* expect: device ENODEV */
	for (i = 0; i < master->num_ids; i++) {
		if (my_domain->width > 48)
			return -ERANGE; /* expect: incompatible EINVAL */
		used++;
	}
	if (!used)
		return -EINVAL; /* expect: device ENODEV */

	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
