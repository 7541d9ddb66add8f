# SPDX-License-Identifier: GPL-2.0-only
"""The small kernel with a core that calls the drivers, and with kernel-doc of the ops struct.

Two of the core's functions hand on what the callback returns for a domain of their caller's
choice, one of them with kernel-doc, one without. The others swallow it, or choose the domain.
"""

from __future__ import annotations

import minikernel

_DOCUMENTED = """\
/**
 * struct iommu_domain_ops - what a driver does with a domain
 * @attach_dev: make a device use the domain
 * @detach_dev: make a device use it no more,
 *              whatever it does then
 * @free: give its memory back
 */
struct iommu_domain_ops {
"""

_CORE = """\
// SPDX-License-Identifier: GPL-2.0-only
#include <linux/iommu.h>

static int __attach_device(struct iommu_domain *domain, struct device *dev)
{
\tif (!domain->ops->attach_dev)
\t\treturn -ENODEV;

\treturn domain->ops->attach_dev(domain, dev);
}

int iommu_attach_device(struct iommu_domain *domain, struct device *dev)
{
\tint ret;

\tmutex_lock(&iommu_lock);
\tret = __attach_device(domain, dev);
\tmutex_unlock(&iommu_lock);

\treturn ret;
}
EXPORT_SYMBOL_GPL(iommu_attach_device);

static int attach_each(struct device *dev, void *data)
{
\tstruct iommu_domain *domain = data;

\treturn __attach_device(domain, dev);
}

static int for_each_device(struct iommu_group *group, void *data,
\t\t\t   int (*fn)(struct device *, void *))
{
\tstruct device *dev;
\tint ret = 0;

\tlist_for_each_entry(dev, &group->devices, node) {
\t\tret = fn(dev, data);
\t\tif (ret)
\t\t\tbreak;
\t}
\treturn ret;
}

/**
 * iommu_attach_group - make all devices of a group use a domain
 * @domain: The domain
 * @group: The group
 *
 * All of them, or none.
 */
int iommu_attach_group(struct iommu_domain *domain, struct iommu_group *group)
{
\treturn for_each_device(group, domain, attach_each);
}
EXPORT_SYMBOL_GPL(iommu_attach_group);

/* Nobody gets an errno of the callback here, nor a choice of the domain. */
int iommu_reset(struct iommu_group *group)
{
\treturn for_each_device(group, group->domain, attach_each) ? -EIO : 0;
}
EXPORT_SYMBOL(iommu_reset);

int iommu_reattach(struct iommu_group *group)
{
\treturn for_each_device(group, group->domain, attach_each);
}
EXPORT_SYMBOL(iommu_reattach);

int iommu_attach_quietly(struct iommu_domain *domain, struct device *dev)
{
\tif (__attach_device(domain, dev))
\t\treturn -ENODEV;

\treturn 0;
}
EXPORT_SYMBOL(iommu_attach_quietly);
"""

FILES: dict[str, str] = {
    **minikernel.FILES,
    "include/linux/iommu.h": minikernel.FILES["include/linux/iommu.h"].replace(
        "struct iommu_domain_ops {\n", _DOCUMENTED
    ),
    "drivers/iommu/Makefile": minikernel.FILES["drivers/iommu/Makefile"]
    + "obj-$(CONFIG_IOMMU_API) += iommu.o\n",
    "drivers/iommu/iommu.c": _CORE,
}
