/* SPDX-License-Identifier: GPL-2.0-only */
/* What the drivers of the fixtures have in common: a domain, an IOMMU, a master. */
#include <linux/iommu.h>

struct my_iommu {
	struct device *dev;
	struct iommu_domain *active;
	struct list_head masters;
	unsigned int width;
	unsigned int max_ids;
	unsigned long *id_map;
	bool broken;
	int (*prepare)(struct device *dev);
};

struct my_domain {
	struct iommu_domain domain;
	struct my_iommu *iommu;
	struct device *dev;
	struct list_head devices;
	unsigned int width;
	unsigned int type;
	bool frozen;
	u32 *table;
	int id;
};

struct my_master {
	struct my_iommu *iommu;
	struct my_domain *domain;
	struct device *dev;
	unsigned int num_ids;
	u32 *ids;
	int error;
	bool sva;
};

static inline struct my_domain *to_my_domain(struct iommu_domain *domain)
{
	return container_of(domain, struct my_domain, domain);
}
