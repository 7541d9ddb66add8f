static int example_attach_dev(struct iommu_domain *domain, struct device *dev)
{
	int err, ret = -EINVAL;
	struct foo *foo;

	if (ERRNO_GEN_SPLIT(first, ret, -ENODEV))
		goto out;
	if (ERRNO_GEN_SPLIT(second && !third || (foo != NULL), ret, -ENODEV))
		/* why */
		goto out;
	err = enable(dev);
	if (ERRNO_GEN_SPLIT(err, ret, err))
		goto out;
	foo = find(dev);
	if (ERRNO_GEN_SPLIT(IS_ERR(foo), ret, PTR_ERR(foo)))
		goto out;
	if (fourth) {
		int x = 1;

		/* a comment */
		ERRNO_GEN_SET(ret, -EBUSY);
		undo(x);
		goto out;
	} else {
		ERRNO_GEN_SET(ret, -ENODEV); goto out;
	}
	list_for_each_entry(foo, &list, node) {
		if (ERRNO_GEN_SPLIT(foo->bad, ret, -ENODEV))
			break;
	}
	list_for_each_entry(foo, &list, node)
		if (ERRNO_GEN_SPLIT(foo->bad, ret, -ENODEV))
			goto out;
	while (fifth) {
		if (ERRNO_GEN_SPLIT(foo == 0, ret, -ENODEV))
			break;
		fifth--;
	}
	if (sixth)
		return ERRNO_GEN_RETURN(ret, -ENODEV);
	if (ERRNO_GEN_CALL(g(dev, foo) != 0, ret, g(dev, foo), ret))
		goto out;
	if (seventh) {
		if (ERRNO_GEN_CALL(g(dev, &foo) < 0, ret, g(dev, &foo), ret < 0)) {
			undo(1);
			goto out;
		}
	}
	switch (ninth) {
	case 1:
		if (ERRNO_GEN_CALL(foo->g(dev, (void *)foo, sizeof(*foo)), ret, foo->g(dev, (void *)foo, sizeof(*foo)), ret))
			goto out;
		break;
	}
	if (ERRNO_GEN_HALF(!foo))
		return -ENODEV;
	else if (foo->bad || g(dev, foo))
		return -EINVAL;
	if (ERRNO_GEN_HALF(!foo && (err = g(dev, foo)))) {
		dev_err(dev, "no foo\n");
		ret = -ENODEV;
		goto out;
	}
	else if (foo->bad) {
		ret = -EINVAL;
		goto out;
	}
	if (ERRNO_GEN_HALF(foo->last))
		return ret;
	else if (foo->first)
		break_out();
	if (err) {
		ERRNO_GEN_UNSET(ret, -ENODEV);
		goto out;
	}
	ret = 0;
out:
	return ret;
}

static int first(struct device *dev)
{
	struct thing *thing = to_thing(dev);
	ERRNO_GEN_VARIABLE(ret);

	if (thing)
		return 0;
	return thing->x;
}

static int none(struct device *dev)
{
	ERRNO_GEN_VARIABLE(err);

	if (dev)
		return 0;
	return 1;
}
