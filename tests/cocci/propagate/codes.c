static int example_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	int ret = enable(dev);

	if (ret)
		return ERRNO_GEN_PROPAGATE(-ENODEV, ret);
	foo = get(dev);
	if (IS_ERR(foo)) {
		ret = ERRNO_GEN_PROPAGATE(-EINVAL, PTR_ERR(foo));
		goto out;
	}
	if (foo->error)
		return ERRNO_GEN_PROPAGATE(-EINVAL, foo->error);
	ret = bar ? ERRNO_GEN_PROPAGATE(-EINVAL, (a ? b : c)) : 0;
out:
	return ret;
}
