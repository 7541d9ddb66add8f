// SPDX-License-Identifier: GPL-2.0-only
/* What is tested is a number, or may be one: it is never handed on as an errno. */
#include "fixture.h"

#define my_field(mask, reg)						\
	({								\
		my_check(mask);						\
		(typeof(mask))(((reg) & (mask)) >> my_shift(mask));	\
	})

static int my_masked(struct my_iommu *iommu)
{
	return readl(iommu->dev) & 0xf0;
}

static unsigned int my_unsigned(struct my_iommu *iommu)
{
	if (iommu->broken)
		return -EIO;
	return 0;
}

static int my_narrow(struct my_iommu *iommu)
{
	u8 ret = my_unsigned(iommu);

	return ret;
}

static int my_half_known(struct my_iommu *iommu)
{
	if (iommu->broken)
		return -EIO;
	return other_file(iommu);
}

static int my_sign(struct my_iommu *iommu)
{
	return iommu->broken ? -1 : 1;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_iommu *iommu = dev_iommu_priv_get(dev);
	int field = my_field(0xf0, readl(iommu->dev));
	int ret;

	if (field)
		return -EBUSY; /* expect: busy EBUSY */
	ret = my_masked(iommu);
	if (ret)
		return -EBUSY; /* expect: unknown */
	ret = my_unsigned(iommu);
	if (ret)
		return -EBUSY; /* expect: unknown */
	ret = my_narrow(iommu);
	if (ret)
		return -EBUSY; /* expect: unknown */
	ret = my_half_known(iommu);
	if (ret)
		return -EBUSY; /* expect: unknown */
	ret = my_sign(iommu);
	if (ret < 0)
		return -EBUSY; /* expect: busy EBUSY */
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
