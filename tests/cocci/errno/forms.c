static int example_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	int ret = ERRNO_GEN_ERRNO(-EBUSY, -EINVAL);
	struct foo *foo = first ? ERR_PTR(ERRNO_GEN_ERRNO(-EXDEV, -EINVAL)) : NULL;

	if (first)
		return ERRNO_GEN_ERRNO(-EBUSY, -EINVAL);
	if (named)
		return ERRNO_GEN_ERRNO(MY_ERR, -EINVAL);
	if (my_name)
		return ERRNO_GEN_ERRNO(-my_errno, -ENODEV);
	if (second) {
		/* a comment */
		ret = ERRNO_GEN_ERRNO(-ENXIO, -EINVAL); goto out;
	}
	if (third)
		return dev_err_probe(dev, ERRNO_GEN_ERRNO(-EFAULT, -EINVAL), "no\n");
	if (fourth)
		return (ERRNO_GEN_ERRNO(-EBUSY, -EINVAL));
	list_for_each_entry(foo, &list, node)
		if (foo->bad)
			return foo->odd ? ERRNO_GEN_ERRNO(-EBUSY, -EINVAL) : ERRNO_GEN_ERRNO(-EINVAL, -ENODEV);
	ret = fifth ? : ERRNO_GEN_ERRNO(-EBUSY, -EMEDIUMTYPE);
	switch (ret) {
	case 1:
		return ERRNO_GEN_ERRNO(-EOPNOTSUPP, -EINVAL);
	default:
		break;
	}
out:
	return ret;
}
