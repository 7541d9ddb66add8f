# SPDX-License-Identifier: GPL-2.0-only
"""Which exported functions hand on what the callback returns."""

from __future__ import annotations

import pytest

from errno_gen.analysis.kernel.forwarders import calls_member, forwarders
from errno_gen.policy import load_policy
from functions import program_of

ROLES = load_policy("einval").roles
TYPES = """
struct iommu_domain_ops { int (*attach_dev)(struct iommu_domain *domain, struct device *dev); };
struct other_ops { int (*attach_dev)(struct iommu_domain *domain, struct device *dev); };
struct iommu_domain { const struct iommu_domain_ops *ops; const struct other_ops *others; };
"""
HEAD = "int iommu_x(struct iommu_domain *domain, struct device *dev)"
CALL = "domain->ops->attach_dev(domain, dev)"


def handed(text: str, errno: str = "EINVAL") -> list[str]:
    exported = "".join(f"EXPORT_SYMBOL_GPL({name});\n" for name in ("iommu_x", "iommu_y"))
    program = program_of(f"{text}\n{exported}", TYPES)
    return [function.name for function in forwarders(program, "0.c", ROLES, errno)]


@pytest.mark.parametrize(
    "body",
    [
        f"return {CALL};",
        f"int ret; ret = {CALL}; if (!ret) note(dev); return ret;",
        f"int ret; ret = {CALL}; if (ret) goto out; done(); out: unlock(); return ret;",
        f"const struct iommu_domain_ops *ops = domain->ops; return {CALL.split('->', 1)[1]};",
        "return (*domain->ops->attach_dev)(domain, dev);",
        f"struct iommu_domain *mine = domain; return {CALL.replace('(domain', '(mine')};",
    ],
)
def test_handed_on(body: str) -> None:
    assert handed(f"{HEAD} {{ {body} }}") == ["iommu_x"]


@pytest.mark.parametrize(
    "body",
    [
        # The value does not leave, or not this errno.
        f"{CALL}; return 0;",
        f"if ({CALL}) return -ENODEV; return 0;",
        f"int ret = {CALL}; if (ret == -EINVAL) ret = -ENODEV; return ret;",
        # Another struct's member, or another member.
        "return domain->others->attach_dev(domain, dev);",
        "return domain->ops->detach_dev(domain, dev);",
        # Another domain than the caller's.
        "return domain->ops->attach_dev(default_domain, dev);",
        f"if (dev) domain = default_domain; return {CALL};",
    ],
)
def test_not_handed_on(body: str) -> None:
    assert handed(f"{HEAD} {{ {body} }}") == []


def test_helpers_are_followed() -> None:
    text = f"""
static int inner(struct device *dev, struct iommu_domain *domain) {{ return {CALL}; }}
static int outer(struct iommu_domain *d, struct device *dev) {{ return inner(dev, d); }}
{HEAD} {{ return outer(domain, dev); }}
int iommu_y(struct iommu_domain *domain, struct device *dev)
{{
\tint ret = outer(default_domain, dev);
\treturn ret;
}}
int iommu_z(struct iommu_domain *domain, struct device *dev) {{ return outer(domain, dev); }}
"""
    assert handed(text) == ["iommu_x"]  # iommu_z is not exported


def test_a_pointer_to_a_helper_is_followed_by_the_call_that_passes_it() -> None:
    text = f"""
static int do_attach(struct device *dev, void *data)
{{
\tstruct iommu_domain *domain = data;
\treturn {CALL};
}}
static int do_detach(struct device *dev, void *data) {{ return 0; }}
static int each(struct group *group, void *data, int (*fn)(struct device *, void *))
{{
\tint ret = 0;
\tlist_for_each_entry(dev, &group->devices, list) {{
\t\tret = fn(dev, data);
\t\tif (ret)
\t\t\tbreak;
\t}}
\treturn ret;
}}
static int again(struct group *group, void *data, int (*fn)(struct device *, void *))
{{
\treturn each(group, data, fn);
}}
int iommu_x(struct iommu_domain *domain, struct group *group)
{{
\treturn again(group, domain, do_attach);
}}
int iommu_y(struct iommu_domain *domain, struct group *group)
{{
\treturn again(group, domain, do_detach);
}}
"""
    assert handed(text) == ["iommu_x"]


def test_recursion_ends() -> None:
    text = f"{HEAD} {{ if (dev) return iommu_x(domain, dev); return {CALL}; }}"
    assert handed(text) == ["iommu_x"]


def test_which_files_may_be_such() -> None:
    export = b"EXPORT_SYMBOL_NS_GPL(f, SPACE);\n"
    assert calls_member(b"x = ops->attach_dev(d);\n" + export, "attach_dev")
    assert calls_member(b"x = (*ops.attach_dev) (d);\n" + export, "attach_dev")
    assert not calls_member(b"x = ops->attach_dev(d);\n", "attach_dev")
    assert not calls_member(b"ops->attach_dev = f; attach_dev(d);\n" + export, "attach_dev")
