# SPDX-License-Identifier: GPL-2.0-only
"""A kernel tree of a few small files, written for these tests, in which all stages work.

Its drivers show one thing each: alpha a domain in use (with a message) and a missing IOMMU,
beta a helper that compares the domain's IOMMU with the device's, gamma a driver of two
files with a width check, delta hardware that holds another domain, epsilon a driver that
obeys the policy already. power/trap.c has a member of the same name in another struct.
"""

from __future__ import annotations

_LICENSE = "// SPDX-License-Identifier: GPL-2.0-only\n"

_TOP = {
    "Makefile": """\
# SPDX-License-Identifier: GPL-2.0
VERSION = 6
PATCHLEVEL = 1
SUBLEVEL = 7
EXTRAVERSION =
NAME = Small but Complete

all:
\t@echo $(KERNELVERSION)
""",
    "Kbuild": "# SPDX-License-Identifier: GPL-2.0\nobj-y += drivers/\n",
    "Kconfig": 'mainmenu "Linux kernel"\nsource "drivers/iommu/Kconfig"\n',
    "MAINTAINERS": "List of maintainers\n",
    "include/linux/iommu.h": """\
/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __LINUX_IOMMU_H
#define __LINUX_IOMMU_H

struct device;
struct iommu_domain;

struct iommu_domain_ops {
\tint (*attach_dev)(struct iommu_domain *domain, struct device *dev);
\tvoid (*detach_dev)(struct iommu_domain *domain, struct device *dev);
\tvoid (*free)(struct iommu_domain *domain);
};

struct iommu_domain {
\tunsigned int type;
\tconst struct iommu_domain_ops *ops;
};

#endif
""",
    "include/linux/device.h": """\
/* SPDX-License-Identifier: GPL-2.0-only */
struct device;

void dev_err(const struct device *dev, const char *fmt, ...) __printf(2, 3);
void dev_warn(const struct device *dev, const char *fmt, ...) __printf(2, 3);
void pr_err(const char *fmt, ...) __printf(1, 2);
""",
    "include/linux/align.h": """\
/* SPDX-License-Identifier: GPL-2.0-only */
#define IS_ALIGNED(x, a) ((x) % (a) == 0)
""",
    "include/linux/slab.h": """\
/* SPDX-License-Identifier: GPL-2.0-only */
void *kzalloc(size_t size, gfp_t flags) __alloc_size(1);
""",
    "include/linux/pm_domain.h": """\
/* SPDX-License-Identifier: GPL-2.0-only */
struct device;

struct generic_pm_domain {
\tint (*attach_dev)(struct generic_pm_domain *domain, struct device *dev);
};
""",
    "drivers/Makefile": "obj-y += iommu/\nobj-y += power/\n",
    "drivers/iommu/Kconfig": """\
config ALPHA_IOMMU
\tbool "Alpha IOMMU"

config BETA_IOMMU
\tbool "Beta IOMMU"

config DELTA_IOMMU
\tbool "Delta IOMMU"

config EPSILON_IOMMU
\tbool "Epsilon IOMMU"

source "drivers/iommu/gamma/Kconfig"
""",
    "drivers/iommu/Makefile": """\
# SPDX-License-Identifier: GPL-2.0
obj-y += gamma/
obj-$(CONFIG_ALPHA_IOMMU) += alpha-iommu.o
obj-$(CONFIG_BETA_IOMMU) += beta-iommu.o
obj-$(CONFIG_DELTA_IOMMU) += delta-iommu.o
obj-$(CONFIG_EPSILON_IOMMU) += epsilon-iommu.o
""",
    "drivers/iommu/gamma/Kconfig": 'config GAMMA_IOMMU\n\tbool "Gamma IOMMU"\n',
    "drivers/iommu/gamma/Makefile": """\
# SPDX-License-Identifier: GPL-2.0
obj-$(CONFIG_GAMMA_IOMMU) += gamma-iommu.o
gamma-iommu-y := core.o domain.o
""",
    "drivers/power/Makefile": "obj-$(CONFIG_TRAP_POWER) += trap.o\n",
}

_ALPHA = """
#include <linux/iommu.h>
#include <linux/slab.h>

struct alpha_domain {
\tstruct iommu_domain domain;
\tstruct device *dev;
\tu32 *table;
};

struct alpha_iommu {
\tstruct device *dev;
\tvoid __iomem *base;
};

static struct alpha_domain *to_alpha_domain(struct iommu_domain *domain)
{
\treturn container_of(domain, struct alpha_domain, domain);
}

static int alpha_iommu_attach_dev(struct iommu_domain *domain,
\t\t\t\t  struct device *dev)
{
\tstruct alpha_domain *alpha_domain = to_alpha_domain(domain);
\tstruct alpha_iommu *iommu = dev_iommu_priv_get(dev);
\tint ret = 0;

\tif (!iommu) {
\t\tdev_err(dev, "no IOMMU behind this device\\n");
\t\treturn -EINVAL;
\t}

\tmutex_lock(&alpha_lock);

\t/* One device for each domain. */
\tif (alpha_domain->dev) {
\t\tdev_err(dev, "domain is already in use\\n");
\t\tret = -EBUSY;
\t\tgoto out;
\t}

\talpha_domain->table = kzalloc(PAGE_SIZE, GFP_KERNEL);
\tif (!alpha_domain->table) {
\t\tret = -ENOMEM;
\t\tgoto out;
\t}

\talpha_domain->dev = dev;
out:
\tmutex_unlock(&alpha_lock);
\treturn ret;
}

static const struct iommu_ops alpha_iommu_ops = {
\t.domain_alloc = alpha_iommu_domain_alloc,
\t.default_domain_ops = &(const struct iommu_domain_ops) {
\t\t.attach_dev = alpha_iommu_attach_dev,
\t\t.free = alpha_iommu_domain_free,
\t},
};
"""

_BETA = """
#include <linux/iommu.h>

struct beta_domain {
\tstruct iommu_domain domain;
\tstruct beta_iommu *iommu;
};

static struct beta_domain *to_beta_domain(struct iommu_domain *domain)
{
\treturn container_of(domain, struct beta_domain, domain);
}

static int beta_domain_join(struct beta_domain *domain, struct beta_iommu *iommu)
{
\tif (!domain->iommu) {
\t\tdomain->iommu = iommu;
\t\treturn 0;
\t}

\tif (domain->iommu != iommu)
\t\treturn -ENXIO;

\treturn 0;
}

static int beta_iommu_attach_dev(struct iommu_domain *domain,
\t\t\t\t struct device *dev)
{
\tstruct beta_iommu *iommu = dev_iommu_priv_get(dev);

\tif (!iommu)
\t\treturn -ENODEV;

\treturn beta_domain_join(to_beta_domain(domain), iommu);
}

static const struct iommu_domain_ops beta_domain_ops = {
\t.attach_dev = beta_iommu_attach_dev,
};
"""

_GAMMA_HEADER = """\
/* SPDX-License-Identifier: GPL-2.0-only */
#include <linux/iommu.h>

struct gamma_iommu {
\tstruct device *dev;
\tunsigned int width;
};

struct gamma_domain {
\tstruct iommu_domain domain;
\tunsigned int width;
};

int gamma_domain_fits(struct gamma_domain *domain, struct gamma_iommu *iommu);
"""

_GAMMA_CORE = """
#include "gamma.h"

static struct gamma_domain *to_gamma_domain(struct iommu_domain *domain)
{
\treturn container_of(domain, struct gamma_domain, domain);
}

static int gamma_attach_dev(struct iommu_domain *domain, struct device *dev)
{
\tstruct gamma_iommu *iommu = dev_iommu_priv_get(dev);
\tint ret;

\tret = gamma_domain_fits(to_gamma_domain(domain), iommu);
\tif (ret)
\t\treturn ret;

\tgamma_hw_enable(iommu);
\treturn 0;
}

static const struct iommu_domain_ops gamma_domain_ops = {
\t.attach_dev = gamma_attach_dev,
};
"""

_GAMMA_DOMAIN = """
#include "gamma.h"

int gamma_domain_fits(struct gamma_domain *domain, struct gamma_iommu *iommu)
{
\tif (domain->width > iommu->width) {
\t\tdev_warn(iommu->dev, "domain of %u bits is too wide\\n",
\t\t\t domain->width);
\t\treturn -EOPNOTSUPP;
\t}

\treturn 0;
}
"""

_DELTA = """
#include <linux/iommu.h>

struct delta_iommu {
\tstruct iommu_domain *active_domain;
\tspinlock_t lock;
};

static int delta_iommu_attach_dev(struct iommu_domain *domain,
\t\t\t\t  struct device *dev)
{
\tstruct delta_iommu *delta = dev_iommu_priv_get(dev);
\tint ret = 0;

\tspin_lock(&delta->lock);
\tif (delta->active_domain && delta->active_domain != domain) {
\t\tret = -EBUSY;
\t} else {
\t\tdelta->active_domain = domain;
\t}
\tspin_unlock(&delta->lock);

\treturn ret;
}

static const struct iommu_domain_ops delta_domain_ops = {
\t.attach_dev = delta_iommu_attach_dev,
};
"""

_EPSILON = """
#include <linux/iommu.h>

static int epsilon_iommu_attach_dev(struct iommu_domain *domain,
\t\t\t\t    struct device *dev)
{
\tif (!dev_iommu_priv_get(dev))
\t\treturn -ENODEV;

\treturn 0;
}

static const struct iommu_domain_ops epsilon_domain_ops = {
\t.attach_dev = epsilon_iommu_attach_dev,
};
"""

_TRAP = """
#include <linux/pm_domain.h>

static int trap_attach_dev(struct generic_pm_domain *domain, struct device *dev)
{
\tif (!domain)
\t\treturn -EBUSY;

\treturn 0;
}

static struct generic_pm_domain trap_domain = {
\t.attach_dev = trap_attach_dev,
};
"""

_ZETA = """
#include <linux/iommu.h>

struct zeta_iommu {
\tu32 *table;
};

static int zeta_iommu_enable(struct zeta_iommu *iommu)
{
\tif (WARN_ON(!IS_ALIGNED((long)ZETA_TABLES,
\t\t\t\tZETA_TABLE_SIZE)))
\t\treturn -EINVAL;

\tif (ZETA_FUSED_OFF)
\t\treturn -ENXIO;

\treturn 0;
}

static int zeta_iommu_attach_dev(struct iommu_domain *domain,
\t\t\t\t struct device *dev)
{
\tif (ZETA_REVISION < 2)
\t\treturn -EINVAL;

\treturn zeta_iommu_enable(dev_iommu_priv_get(dev));
}

static int zeta_iommu_attach_identity(struct iommu_domain *domain,
\t\t\t\t      struct device *dev)
{
\treturn zeta_iommu_enable(dev_iommu_priv_get(dev));
}

static const struct iommu_domain_ops zeta_domain_ops = {
\t.attach_dev = zeta_iommu_attach_dev,
};

static const struct iommu_domain_ops zeta_identity_ops = {
\t.attach_dev = zeta_iommu_attach_identity,
};
"""

DRIVERS = ("alpha", "beta", "delta", "epsilon", "gamma")

FILES: dict[str, str] = {
    **_TOP,
    "drivers/iommu/alpha-iommu.c": _LICENSE + _ALPHA,
    "drivers/iommu/beta-iommu.c": _LICENSE + _BETA,
    "drivers/iommu/delta-iommu.c": _LICENSE + _DELTA,
    "drivers/iommu/epsilon-iommu.c": _LICENSE + _EPSILON,
    "drivers/iommu/gamma/gamma.h": _GAMMA_HEADER,
    "drivers/iommu/gamma/core.c": _LICENSE + _GAMMA_CORE,
    "drivers/iommu/gamma/domain.c": _LICENSE + _GAMMA_DOMAIN,
    "drivers/power/trap.c": _LICENSE + _TRAP,
}

# The same with one driver more, zeta, of which the code tells too little.
FILES_WITH_UNDECIDED: dict[str, str] = {
    **FILES,
    "drivers/iommu/Makefile": _TOP["drivers/iommu/Makefile"] + "obj-y += zeta-iommu.o\n",
    "drivers/iommu/zeta-iommu.c": _LICENSE + _ZETA,
}
