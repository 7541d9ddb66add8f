// SPDX-License-Identifier: GPL-2.0-only
/// What one would write by hand without any analysis: every errno that might mean that a
/// domain does not fit becomes EINVAL in every function installed as attach_dev.
// Confidence: Low
// Options: --no-includes

@table@
identifier fn, ops;
@@

struct iommu_domain_ops ops = {
	.attach_dev = fn,
};

@literal@
identifier fn, ops;
@@

struct iommu_ops ops = {
	.default_domain_ops = &(const struct iommu_domain_ops) {
		.attach_dev = fn,
	},
};

@depends on table@
identifier table.fn;
@@

fn(...)
{
	<...
(
-	EBUSY
+	EINVAL
|
-	EXDEV
+	EINVAL
|
-	EOPNOTSUPP
+	EINVAL
|
-	EFAULT
+	EINVAL
|
-	ENXIO
+	EINVAL
)
	...>
}

@depends on literal@
identifier literal.fn;
@@

fn(...)
{
	<...
(
-	EBUSY
+	EINVAL
|
-	EXDEV
+	EINVAL
|
-	EOPNOTSUPP
+	EINVAL
|
-	EFAULT
+	EINVAL
|
-	ENXIO
+	EINVAL
)
	...>
}
