// SPDX-License-Identifier: GPL-2.0-only
/* Errnos that stand in a constant table of rules, each with the check that it is for. */
#include "fixture.h"

struct my_rule {
	unsigned int bit;
	int err;
};

static const struct my_rule my_rules[] = {
	{ .bit = 1, .err = -EOPNOTSUPP }, /* expect: incompatible EINVAL */
	{ .bit = 2 },
};

static int my_later(struct my_domain *my_domain, struct my_iommu *iommu)
{
	const struct my_rule *rule;

	for (rule = my_rules; rule->bit; rule++)
		if ((my_domain->width & rule->bit) && !(iommu->width & rule->bit))
			return rule->err;
	return 0;
}

static int my_caps(struct my_domain *my_domain, struct my_iommu *iommu)
{
	static const struct {
		unsigned int bit;
		int err;
	} rules[] = {
		{ 1, -EOPNOTSUPP }, /* expect: incompatible EINVAL */
		{ 2, -EINVAL }, /* expect: incompatible EINVAL */
	};
	int i;

	for (i = 0; i < 2; i++)
		if ((my_domain->width & rules[i].bit) && !(iommu->width & rules[i].bit))
			return rules[i].err;
	return my_later(my_domain, iommu);
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_master *master = dev_iommu_priv_get(dev);

	return my_caps(to_my_domain(domain), master->iommu);
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
