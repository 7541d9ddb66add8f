// SPDX-License-Identifier: GPL-2.0-only

static int attach(struct device *dev, int x)
{
	if (x > 1) {
		/* why */
		dev_err(dev, "in use by %s\n",
						  dev_name(dev));
		return -EINVAL;
	}
	if (x) {
		pr_warn_ratelimited("x " FMT "\n", x);
	} else {
		dev_warn_once(dev, "y\n");
		x = 1;
	}
	dev_err(dev, "stays\n");
	return 0;
}
