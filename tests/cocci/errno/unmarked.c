static int example_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	int ret = -EBUSY;

	if (domain->busy)
		return -EBUSY;
	if (ret == -EXDEV)
		return ERRNO_GEN_ERRNO(-EBUSY, ret);
	return other(-EBUSY, -EINVAL);
}
