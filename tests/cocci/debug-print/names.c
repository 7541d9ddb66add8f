// SPDX-License-Identifier: GPL-2.0-only

static int attach(struct device *dev, int x)
{
	if (x > 1) {
		/* why */
		ERRNO_GEN_DEBUG(dev_err, dev_dbg)(dev, "in use by %s\n",
						  dev_name(dev));
		return -EINVAL;
	}
	if (x) {
		ERRNO_GEN_DEBUG(pr_warn_ratelimited, pr_debug_ratelimited)("x " FMT "\n", x);
	} else {
		ERRNO_GEN_DEBUG(dev_warn_once, dev_dbg_once)(dev, "y\n");
		x = 1;
	}
	dev_err(dev, "stays\n");
	return 0;
}
