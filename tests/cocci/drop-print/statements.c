static int example_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	if (first) {
		ERRNO_GEN_DROP(dev_err(dev, "already attached\n"));
		return -EINVAL;
	}
	if (second) {
		ERRNO_GEN_DROP(pr_err_ratelimited("%s: too wide " FORMAT "\n",
						  dev_name(dev), ({ int a = 1; a; })));
		ret = -EINVAL;
		goto out;
	}
	dev_err(dev, "this one stays\n");
	if (fifth) {
		if (ERRNO_GEN_DROP_IF(verbose && x))
			dev_warn(dev, "a\n");
		else if (y) {
			pr_err("b\n");
		} else
			pr_err("c\n");
		if (ERRNO_GEN_DROP_IF(z < 2)) {
			/* tell */
			dev_warn(dev, "d %s\n", name);
		}
		return -EINVAL;
	}
	switch (third) {
	case 1:
		ERRNO_GEN_DROP(dev_warn(dev, "case\n"));
		return -EINVAL;
	}
	if (fourth) {
		cleanup();
		ERRNO_GEN_DROP(dev_warn(dev, "behind %s\n", a ? "a" : b));
	} else {
		ERRNO_GEN_DROP(dev_warn(dev, "else\n"));
		ret = -EINVAL;
	}
out:
	return ret;
}
