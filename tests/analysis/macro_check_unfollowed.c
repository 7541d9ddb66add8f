// SPDX-License-Identifier: GPL-2.0-only
/* Macros that are not followed: what they are given may leave, and no more is known. */
#include "fixture.h"

#define MY_RETRY(c, n, e) do {				\
	int i;						\
	for (i = 0; i < (n); i++)			\
		if (c)					\
			return (e);			\
} while (0)

#define MY_PASTE(x, e) do { if (my_domain->x##_set) return (e); } while (0)

#define MY_OWN(c, e) do {				\
	if (c)						\
		return (e);				\
	if (!master)					\
		return -EINVAL; /* expect: unknown */ \
} while (0)

#define MY_LOOP_TO(c, n, e, l) do {			\
	int i;						\
	for (i = 0; i < (n); i++)			\
		if (c) {				\
			ret = (e);			\
			goto l;				\
		}					\
} while (0)

#define MY_VALUE(c, e, ...) ({ int i, r = 0; for (i = 0; i < 3; i++) if (c) r = (e); r; })

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_master *master = dev_iommu_priv_get(dev);
	struct my_domain *my_domain = to_my_domain(domain);
	int own = -ENXIO;
	int ret = 0;

	MY_RETRY(my_domain->frozen, 3, -EINVAL); /* expect: unknown */
	MY_RETRY(my_domain->frozen, 3, own); /* expect: unknown */
	MY_RETRY(my_domain->frozen, 3, 0);
	MY_PASTE(width, -EBUSY); /* expect: unknown; unknown */
	MY_OWN(my_domain->frozen, -EIO); /* expect: unknown */
	MY_LOOP_TO(my_domain->frozen, 3, -EINVAL, out); /* expect: unknown */
	if (my_domain->frozen)
		return MY_VALUE(my_domain->frozen, -EINVAL, 1); /* expect: unknown */
out:
	return ret;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
