static int example_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	int ret;

	ret = pm_runtime_resume_and_get(dev);
	if (ret == -EINVAL)
		ret = -ENODEV;
	if (ret < 0)
		return ret == -EINVAL ? -ENODEV : ret;
	return CONVERTED(ret, ret == -EINVAL, -ENODEV);
}
