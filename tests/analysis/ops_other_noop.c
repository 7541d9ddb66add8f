// SPDX-License-Identifier: GPL-2.0-only
/* Another struct has a member of that name. */
#include "fixture.h"

struct my_power_domain {
	int (*attach_dev)(struct my_power_domain *domain, struct device *dev);
};

static int my_power_attach(struct my_power_domain *domain, struct device *dev)
{
	if (!dev->of_node)
		return -EINVAL;
	return 0;
}

static struct my_power_domain my_power = {
	.attach_dev = my_power_attach,
};

static void my_setup(struct generic_pm_domain *genpd)
{
	genpd->attach_dev = my_power_attach;
}
