// SPDX-License-Identifier: GPL-2.0-only
/* No variable is added where the call is not all that is tested, or one is there already. */
#include "fixture.h"

static int my_enable(struct my_iommu *iommu)
{
	if (iommu->broken)
		return -EIO;
	return 0;
}

static int my_both(struct my_iommu *iommu)
{
	if (iommu->width && my_enable(iommu))
		return -ENODEV; /* expect: swallowed propagate review */
	return 0;
}

static int my_either(struct my_iommu *iommu)
{
	if (my_enable(iommu) || iommu->max_ids)
		return -ENODEV; /* expect: unknown */
	return 0;
}

static int my_hidden(struct my_iommu *iommu)
{
#ifdef CONFIG_A
	int a = 1;
#endif
	if (my_enable(iommu))
		return -ENODEV; /* expect: swallowed propagate review */
	return 0;
}

static int my_else(struct my_iommu *iommu)
{
	if (my_enable(iommu))
		return -ENODEV; /* expect: swallowed propagate review */
	else
		my_program(iommu);
	return 0;
}

static bool my_told(struct my_iommu *iommu)
{
	if (my_enable(iommu))
		return -ENODEV;
	return false;
}

static void *my_pointer(struct my_iommu *iommu)
{
	if (my_enable(iommu))
		return ERR_PTR(-EPERM); /* expect: swallowed propagate review */
	return iommu;
}

static int my_held(struct my_iommu *iommu)
{
	int count = my_count(iommu);

	if (my_enable(iommu))
		return -ENODEV; /* expect: swallowed propagate review */
	my_program_many(iommu, count);
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	int ret;

	ret = my_both(iommu);
	if (ret)
		return ret;
	ret = my_either(iommu);
	if (ret)
		return ret;
	ret = my_hidden(iommu);
	if (ret)
		return ret;
	ret = my_else(iommu);
	if (ret)
		return ret;
	if (IS_ERR(my_pointer(iommu)))
		return PTR_ERR(my_pointer(iommu));
	if (my_told(iommu))
		return 0;
	return my_held(iommu);
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
