static int example_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	if (first) {
		dev_err(dev, "already attached\n");
		return -EINVAL;
	}
	if (ERRNO_GEN_DROP(condition))
		return ERRNO_GEN_DROP(call(dev));
	ret = ERRNO_GEN_DROP(call(dev));
	return 0;
}
