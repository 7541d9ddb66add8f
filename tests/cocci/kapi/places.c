static int example_resume(struct device *dev)
{
	int ret;

	ret = pm_runtime_get_sync(dev); ERRNO_GEN_CONVERT(ret, ret == -EINVAL, -ENODEV);
	if (ret < 0)
		pm_runtime_put_noidle(dev);

	return ret < 0 ? ret : 0;
}

static int example_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	int i, ret = 0;

	ret = first(dev);
	if (ret)
		return ERRNO_GEN_CONVERTED(ret, ret == -EINVAL, -ENODEV);

	for (i = 0; i < 4; i++) {
		ret = second(dev, i);
		if (ret) {
			dev_err(dev, "error %d\n", ret);
			ERRNO_GEN_CONVERT(ret, ret == -EINVAL || ret == -EMEDIUMTYPE, -ENODEV);
			goto out;
		}
	}
	switch (i) {
	case 1:
		ret = third(dev); /* why */
		ERRNO_GEN_CONVERT(ret, ret == -EINVAL, -EIO);
		break;
	case 2:
		return ERRNO_GEN_HELD(fourth(dev, (void *)domain, sizeof(*domain)), ret, ret == -EINVAL, -ENODEV);
	}
	list_for_each_entry(foo, &list, node) {
		if (foo->bad) {
			ret = fifth(foo);
			ERRNO_GEN_CONVERT(ret, ret == -EINVAL, -ENODEV);
			break;
		}
	}
	if (!ret)
		return ERRNO_GEN_HELD(foo->g(dev), ret, ret == -EINVAL || ret == -EMEDIUMTYPE, -ENODEV);
out:
	return ERRNO_GEN_CONVERTED(ret, ret == -EINVAL || ret == -EMEDIUMTYPE, -ENODEV);
}
