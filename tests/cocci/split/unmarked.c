static int example_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	int ret = -EINVAL;

	if (first)
		goto out;
	if (ERRNO_GEN_SPLIT(second))
		goto out;
	if (other(third, ret, -ENODEV))
		goto out;
	ERRNO_GEN_SET(ret);
	if (half(fourth))
		return ret;
	else if (ERRNO_GEN_HALF(fourth, fifth))
		return -EINVAL;
	ret = 0;
out:
	return ret;
}
