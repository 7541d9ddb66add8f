# SPDX-License-Identifier: GPL-2.0-only
"""Drivers that call kernel functions, of which a small tree tells what they may return."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from errno_gen.analysis.driver import analyse_driver
from errno_gen.analysis.kernel.file_summary import FileFacts, file_facts
from errno_gen.analysis.kernel.summaries import Summaries
from errno_gen.decisions import NO_DECISIONS, Decisions
from errno_gen.model import Callback, Driver, SourceFile, Verdict
from errno_gen.policy import Policy, parse_policy
from errno_gen.policytables import PROPAGATE
from errno_gen.resources import data_file
from errno_gen.stages.analyse import decided
from errno_gen.stages.rewrite import rewrite
from verdicts import PATH

EINVAL = data_file("policies", "einval.toml").read_text(encoding="utf-8")
EMEDIUMTYPE = data_file("policies", "emediumtype.toml").read_text(encoding="utf-8")

_KERNEL = "drivers/base/power.c"
_TREE = {
    _KERNEL: """\
int pm_runtime_get_sync(struct device *dev) { return dev->power.error ? -EINVAL : 1; }
int get_sync(struct device *dev) { return dev->power.error ? -EINVAL : -EAGAIN; }
int set_up(struct device *dev, int how) { return dev->broken ? -EINVAL : -EIO; }
int mount(struct device *dev) { return dev->broken ? -EMEDIUMTYPE : -EINVAL; }
void *find(struct device *dev) { return dev->broken ? ERR_PTR(-EINVAL) : dev->found; }
int only(struct device *dev) { return dev->broken ? -EINVAL : 0; }
int gone(struct device *dev) { return dev->ops->gone ? dev->ops->gone(dev) : -EINVAL; }
int fine(struct device *dev) { return dev->broken ? -EIO : 0; }
"""
}
_HEAD = """\
#include <linux/iommu.h>

struct my_domain {
	struct iommu_domain domain;
	struct my_iommu *iommu;
};

"""
_TAIL = """\
static const struct iommu_domain_ops my_ops = {
	.attach_dev = my_attach,
};
"""
ATTACH = "static int my_attach(struct iommu_domain *domain, struct device *dev)\n"


class _Definitions:
    """Every file of the tree may define every name that it mentions."""

    def find(self, names: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        return {
            name: tuple(path for path, text in _TREE.items() if f" {name}(" in text
                        or f"*{name}(" in text)
            for name in names
        }  # fmt: skip

    def facts(self, path: str) -> FileFacts:
        return file_facts(SourceFile(path, "", _TREE.get(path, "").encode()))


def converting(text: str = EINVAL, kapi: str = "convert") -> Policy:
    """A policy of which the errnos of kernel functions are converted."""
    return parse_policy(text.replace('kapi = "leave"', f'kapi = "{kapi}"'), "mine.toml")


def attach(*lines: str, before: str = "") -> str:
    """A driver whose callback has these lines behind ``int ret;``."""
    body = "".join(f"\t{line}\n" if line else "\n" for line in lines)
    return driver(f"{before}{ATTACH}{{\n\tint ret;\n\n{body}}}\n")


def driver(functions: str) -> str:
    """A driver of these functions, of which ``my_attach`` is the callback."""
    return f"{_HEAD}{functions}\n{_TAIL}"


def judged(
    text: str, policy: Policy | None = None, decisions: Decisions = NO_DECISIONS
) -> tuple[Verdict, ...]:
    """The verdicts on a driver, after a policy (that converts) and decisions."""
    policy = policy or converting()
    callback = Callback("example", "my_attach", PATH, 1, "attach_dev", "my_ops")
    found = analyse_driver(
        Driver("example", "", "", (PATH,)),
        [SourceFile(PATH, "0" * 40, text.encode())],
        [callback],
        policy.roles,
        propagate=policy.causes["swallowed"] == PROPAGATE,  # type: ignore[index]
        summaries=Summaries(_Definitions()),
        reserved=policy.reserved,
    )
    return decided(found, policy, decisions)


def rewritten(text: str, scratch: Path, **options: object) -> str:
    """The driver after a rewrite; itself if there is nothing to do."""
    verdicts = judged(text, **options)  # type: ignore[arg-type]
    source = SourceFile(PATH, "0" * 40, text.encode())
    owner = Driver("example", "", "", (PATH,))
    patch = rewrite(owner, (), verdicts, {PATH: source}, scratch=scratch, timeout=60)
    return text if patch is None else patch.changes[0].after.decode()
