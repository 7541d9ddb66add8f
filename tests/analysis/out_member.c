// SPDX-License-Identifier: GPL-2.0-only
/* Helpers leave their errno in a struct of the caller. */
#include "fixture.h"

struct my_context {
	struct device *dev;
	int err;
};

static void my_check(struct my_context *ctx, struct my_domain *my_domain)
{
	if (my_domain->width > 39)
		ctx->err = -EBUSY; /* expect: incompatible EINVAL */
}

static void my_look(struct device *dev, int *err)
{
	if (!dev_iommu_priv_get(dev))
		*err = -EINVAL; /* expect: device ENODEV */
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_context ctx = { .dev = dev };
	struct my_context *other = &ctx;

	ctx.err = 0;
	my_look(dev, &ctx.err);
	if (ctx.err)
		return ctx.err;

	other->err = 0;
	my_check(other, to_my_domain(domain));
	return other->err;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
