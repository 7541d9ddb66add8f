// SPDX-License-Identifier: GPL-2.0-only
/* Members of a driver's own that are called like the domain's kind: they say what it asks for. */
#include "fixture.h"

#define MY_NESTED 2

struct my_desc {
	unsigned int type;
	struct my_iommu *iommu;
};

struct my_cfg {
	unsigned int type;
};

struct my_table {
	struct iommu_domain domain;
	struct my_desc desc;
	struct my_cfg *cfg;
	unsigned int type;
	struct {
		unsigned int type;
	} inner;
};

#define to_my_table(d) container_of(d, struct my_table, domain)
#define my_asks(desc) ((desc)->type == MY_NESTED)

static int my_check(struct my_table *table, struct my_iommu *iommu)
{
	switch (table->type) {
	case MY_NESTED:
		if (!iommu->max_ids)
			return -ENXIO; /* expect: incompatible EINVAL */
		break;
	}
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_table *table = to_my_table(domain);
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	struct my_desc *desc = &table->desc;
	unsigned int type = table->inner.type;

	if (table->desc.type == MY_NESTED && iommu->broken)
		return -EPERM; /* expect: incompatible EINVAL */
	if (desc->type == MY_NESTED) {
		if (iommu->broken)
			return -EPERM; /* expect: incompatible EINVAL */
	}
	if (my_asks(desc)) {
		if (iommu->broken)
			return -EPERM; /* expect: incompatible EINVAL */
	}
	if (to_my_table(domain)->type == MY_NESTED) {
		if (iommu->width < 40)
			return -ENXIO; /* expect: incompatible EINVAL */
	}
	if (type == MY_NESTED) {
		if (iommu->width < 40)
			return -ENXIO; /* expect: incompatible EINVAL */
	}
	if (table->cfg->type == MY_NESTED) {
		if (iommu->width < 40)
			return -ENXIO; /* expect: incompatible EINVAL */
	}
	return my_check(table, iommu);
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
