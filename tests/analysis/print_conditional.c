// SPDX-License-Identifier: GPL-2.0-only
/* An if that only decides what is logged goes, unless its condition or an arm does more. */
#include "fixture.h"

static bool my_is_wide(struct my_domain *my_domain)
{
	return my_domain->width > 32;
}

static bool my_report(struct my_domain *my_domain)
{
	my_domain->reports++;
	return my_domain->frozen;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);

	if (my_domain->dev) {
		if (my_domain->frozen)
			dev_err(dev, "frozen\n");
		else
			dev_err(dev, "not frozen\n");
		return -EBUSY; /* expect: incompatible EINVAL print */
	}
	if (my_domain->width > 40) {
		if (unlikely(my_is_wide(my_domain) && my_domain->frozen)) {
			dev_err(dev, "wide\n");
			pr_err("and frozen\n");
		} else if (!my_domain->frozen) {
			pr_warn("not frozen\n");
		}
		return -EXDEV; /* expect: incompatible EINVAL print */
	}
	if (my_domain->width > 39) {
		if (my_report(my_domain))
			dev_err(dev, "reported\n");
		return -EPERM; /* expect: incompatible EINVAL */
	}
	if (my_domain->width > 38) {
		if (my_frob(dev))
			dev_err(dev, "whatever that does\n");
		return -ERANGE; /* expect: incompatible EINVAL */
	}
	if (my_domain->width > 37) {
		if (my_domain->frozen) {
			dev_err(dev, "counted\n");
			my_domain->reports++;
		}
		return -EDOM; /* expect: incompatible EINVAL */
	}
	if (my_domain->width > 36) {
		while (my_is_wide(my_domain))
			dev_err(dev, "again\n");
		return -E2BIG; /* expect: incompatible EINVAL */
	}
	if (my_domain->width > 35) {
		if (mutex_lock_interruptible(&my_domain->lock))
			dev_err(dev, "locked\n");
		return -EACCES; /* expect: incompatible EINVAL */
	}
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
