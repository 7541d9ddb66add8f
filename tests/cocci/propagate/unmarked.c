static int example_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	int ret = enable(dev);

	if (ret)
		return -ENODEV;
	return propagate(ret, -ENODEV);
}
