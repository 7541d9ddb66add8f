// SPDX-License-Identifier: GPL-2.0-only
/* Numbers that are set before any attach: they say what the device is like. */
#include "fixture.h"

struct my_conf {
	unsigned int quirks;
};

struct my_hw {
	unsigned int num_sids;
	unsigned int locks;
	unsigned int version;
	unsigned int masters;
	const struct my_conf *conf;
	bool enabled;
};

static const struct my_conf my_conf = {
	.quirks = 1,
};

static int my_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	struct my_hw *hw = dev_iommu_priv_get(dev);

	if (hw->num_sids > 8)
		return -EINVAL; /* expect: device ENODEV */
	if (!hw->num_sids)
		return -EINVAL; /* expect: device ENODEV */
	if (hw->locks > 0)
		return -EINVAL; /* expect: device ENODEV */
	if (hw->conf->quirks)
		return -EINVAL; /* expect: device ENODEV */
	if (hw->version)
		return -EINVAL; /* expect: device ENODEV */
	if (!hw->enabled)
		return -EINVAL; /* expect: device ENODEV */
	hw->enabled = true;
	return 0;
}

static int my_of_xlate(struct device *dev, struct of_phandle_args *args)
{
	struct my_hw *hw = dev_iommu_priv_get(dev);

	hw->num_sids++;
	return 0;
}

static int my_probe(struct platform_device *pdev)
{
	struct my_hw *hw = platform_get_drvdata(pdev);

	hw->conf = &my_conf;
	hw->enabled = true;
	of_property_read_u32(pdev->dev.of_node, "my,locks", &hw->locks);
	hw->version = readl(hw->conf);
	return 0;
}

static const struct iommu_domain_ops my_domain_ops = {
	.attach_dev = my_attach_dev,
	.of_xlate = my_of_xlate,
};
