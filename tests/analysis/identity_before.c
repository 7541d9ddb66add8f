// SPDX-License-Identifier: GPL-2.0-only
/* That this very domain is held already leaves early: who else is held is busy, or the device's. */
#include "fixture.h"

struct my_hw {
	struct iommu_domain *cur;
	struct my_domain *mine;
	void *user;
	unsigned int users;
	unsigned int width;
	bool broken;
};

static int my_take(struct my_hw *hw, struct my_domain *my_domain)
{
	if (hw->mine == my_domain)
		return 0;
	if (hw->mine)
		return -EINVAL; /* expect: busy EBUSY */
	if (hw->broken)
		return -EINVAL; /* expect: device ENODEV */
	hw->mine = my_domain;
	return 0;
}

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *my_domain = to_my_domain(domain);
	struct my_hw *hw = dev_iommu_priv_get(dev);
	int ret;

	if (domain == hw->cur)
		return 0;
	if (hw->cur)
		return -EBUSY; /* expect: busy EBUSY */
	if (hw->broken)
		return -EINVAL; /* expect: device ENODEV */
	if (hw->user == my_domain)
		goto out;
	if (hw->user)
		return -EBUSY; /* expect: busy EBUSY */
	if (iommu_get_domain_for_dev(dev) != domain) {
		if (hw->users)
			return -EBUSY; /* expect: busy EBUSY */
	}
	ret = my_take(hw, my_domain);
	if (ret)
		return ret;
out:
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
};
