# SPDX-License-Identifier: GPL-2.0-only
"""Tables wherever a kernel has them, and kernels that have none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from commandline import errno_gen, git, repository
from errno_gen.policy import load_policy, parse_policy
from errno_gen.policytables import Table
from errno_gen.resources import data_file

_HEADER = "include/linux/iommu.h"
_BETA = "drivers/iommu/beta-iommu.c"
_ONE_TABLE = '[callback]\nstruct = "iommu_domain_ops"\nmember = "attach_dev"\n'


@pytest.fixture
def kernel(tmp_path: Path) -> Path:
    return repository(tmp_path / "linux")


def _change(kernel: Path, *pairs: tuple[str, str], files: Mapping[str, str] | None = None) -> None:
    """Replace text in all files of a kernel and write some more, then commit."""
    for path in (*kernel.glob("drivers/**/*.[ch]"), *kernel.glob("include/**/*.h")):
        text = path.read_text(encoding="utf-8")
        for old, new in pairs:
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
    for name, text in (files or {}).items():
        (kernel / name).write_text(text, encoding="utf-8")
    git(kernel, "add", "-A")
    git(kernel, "commit", "-q", "-m", "Change the kernel")


def _callbacks(kernel: Path, *arguments: str) -> dict[str, str]:
    outcome = errno_gen("scan", "--tree", kernel, "--format", "json", *arguments)
    assert outcome.code == 0, outcome.err
    return {each["driver"]: each["function"] for each in json.loads(outcome.out)["callbacks"]}


def _policy_file(folder: Path, callback: str) -> str:
    text = data_file("policies", "einval.toml").read_text(encoding="utf-8")
    start, end = text.index("# The structs that have"), text.index("# Which parameter")
    path = folder / "mine.toml"
    path.write_text(text[:start] + callback + text[end:], encoding="utf-8")
    return str(path)


# --- several tables ---------------------------------------------------------------------


def test_a_tree_in_which_another_struct_has_the_member(kernel: Path) -> None:
    before = _callbacks(kernel)
    _change(kernel, ("iommu_domain_ops", "iommu_ops"))
    assert _callbacks(kernel) == before
    outcome = errno_gen("apply", "--tree", kernel, "--dry-run")
    assert outcome.code == 0, outcome.err
    assert "struct iommu_ops has no kernel-doc for attach_dev" in outcome.err


def test_a_policy_of_one_table_as_ever(kernel: Path, tmp_path: Path) -> None:
    old = _policy_file(tmp_path, _ONE_TABLE)
    assert load_policy(old).roles.tables == (Table("iommu_domain_ops", "attach_dev"),)
    assert _callbacks(kernel, "--policy", old) == _callbacks(kernel)


def test_members_of_different_names(kernel: Path, tmp_path: Path) -> None:
    before = _callbacks(kernel)
    beta = (kernel / _BETA).read_text(encoding="utf-8")
    fresh = beta.replace("iommu_domain_ops beta", "paging_ops beta").replace(
        ".attach_dev", ".attach"
    )
    header = (
        (kernel / _HEADER)
        .read_text(encoding="utf-8")
        .replace(
            "struct iommu_domain {",
            "struct paging_ops {\n\tint (*attach)(struct iommu_domain *d, struct device *dev);\n"
            "};\n\nstruct iommu_domain {",
        )
    )
    _change(kernel, files={_BETA: fresh, _HEADER: header})
    tables = "".join(
        f'[[callback.tables]]\nstruct = "{struct}"\nmember = "{member}"\n'
        for struct, member in (("iommu_domain_ops", "attach_dev"), ("paging_ops", "attach"))
    )
    assert _callbacks(kernel, "--policy", _policy_file(tmp_path, tables)) == before
    assert "beta" not in _callbacks(kernel)


def test_a_parameter_without_a_role(kernel: Path) -> None:
    before = _callbacks(kernel)
    _change(kernel, ("struct device *dev)", "struct device *dev, struct iommu_domain *old)"))
    assert _callbacks(kernel) == before
    positions = [each.position for each in load_policy("einval").roles.parameters]
    assert positions == [0, 1]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('member = "attach_dev"', 'membr = "attach_dev"', "'callback.tables.membr' is unknown"),
        ('struct = "iommu_ops"', 'struct = "iommu_domain_ops"', "several different ones"),
        ("[[callback.tables]]", '[callback]\nstruct = "x"\n[[callback.tables]]',
         "'callback.struct' is said by callback.tables already"),
        ("position = 2", "position = 1", "two parameters at one position"),
    ],
)  # fmt: skip
def test_a_mistake_in_tables_is_named(old: str, new: str, message: str) -> None:
    text = data_file("policies", "einval.toml").read_text(encoding="utf-8")
    with pytest.raises(Exception, match=message):
        parse_policy(text.replace(old, new, 1), "mine.toml")


# --- tables out of sight ----------------------------------------------------------------

_WRAPPER = "#include <linux/iommu.h>\n\nstruct wrap {\n\tstruct iommu_domain_ops ops;\n};\n"
_BY_HAND = """
void beta_init(struct wrap *w)
{
	w->ops.attach_dev = beta_iommu_attach_dev;
}
"""


@pytest.mark.parametrize(
    "table",
    [
        _BY_HAND,
        "static struct wrap w = { .ops = { .attach_dev = beta_iommu_attach_dev } };\n",
        _BY_HAND.replace("struct wrap *w", "struct outer *o").replace("w->", "o->in."),
    ],
)
@pytest.mark.parametrize("comment", ["", "/* struct iommu_domain_ops */\n"])
def test_a_struct_that_only_a_header_of_the_tree_defines(
    kernel: Path, table: str, comment: str
) -> None:
    before = _callbacks(kernel)
    text = (kernel / _BETA).read_text(encoding="utf-8")
    text = text[: text.index("static const struct iommu_domain_ops")] + comment + table
    outer = "#include <linux/wrap.h>\nstruct outer {\n\tstruct wrap in;\n};\n"
    headers = {"include/linux/wrap.h": _WRAPPER, "include/linux/outer.h": outer}
    _change(kernel, files={_BETA: text, **headers})
    assert _callbacks(kernel) == before


def test_a_struct_that_nothing_defines_is_named(kernel: Path) -> None:
    text = (kernel / _BETA).read_text(encoding="utf-8")
    text = text[: text.index("static const struct iommu_domain_ops")] + _BY_HAND
    _change(kernel, files={_BETA: text})
    outcome = errno_gen("scan", "--tree", kernel)
    assert outcome.code == 1
    line = text[: text.index("w->ops")].count("\n") + 1
    assert f"{_BETA}:{line}: cannot tell of which struct .attach_dev is set here" in outcome.err


def test_another_struct_of_a_header_is_none(kernel: Path) -> None:
    before = _callbacks(kernel)
    text = "#include <linux/pm_domain.h>\nvoid s(struct wrap *w)\n{\n\tw->pd.attach_dev = f;\n}\n"
    wrap = "struct wrap {\n\tstruct generic_pm_domain pd;\n};\n"
    _change(kernel, files={"drivers/power/trap.c": text, "include/linux/wrap.h": wrap})
    assert _callbacks(kernel) == before


# --- nothing found ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "told", "near"),
    [
        ("iommu_domain_ops", "iommu_far_ops",
         "has no struct iommu_domain_ops or struct iommu_ops, which policy einval is about",
         "struct iommu_far_ops in include/linux/iommu.h has attach_dev"),
        ("attach_dev", "attach_device", "no struct iommu_domain_ops has a member attach_dev",
         "near: attach_device or detach_dev of struct iommu_domain_ops in include/linux/iommu.h"),
        (".attach_dev", ".detach_dev", "installs a callback as attach_dev of struct", _HEADER),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "command", [("scan",), ("scan", "--driver", "beta"), ("apply", "--dry-run"), ("apply",)]
)
def test_a_tree_without_a_callback_is_not_clean(
    kernel: Path, old: str, new: str, told: str, near: str, command: tuple[str, ...]
) -> None:
    more = [("struct iommu_ops", "struct far_ops")] if new == "iommu_far_ops" else []
    _change(kernel, *more, (old, new))
    outcome = errno_gen(*command, "--tree", kernel)
    assert (outcome.code, outcome.out) == (2, "")
    assert told in outcome.err
    assert near in outcome.err
    assert "obeys" not in outcome.err


def test_what_waits_for_review_obeys_nothing(kernel: Path) -> None:
    path = kernel / "drivers/iommu/epsilon-iommu.c"
    text = path.read_text(encoding="utf-8")
    text = text.replace("if (!dev_iommu_priv_get(dev))", "if (far_away(domain, dev))")
    _change(kernel, files={"drivers/iommu/epsilon-iommu.c": text})
    scan = json.loads(
        errno_gen("scan", "--tree", kernel, "--driver", "epsilon", "--format", "json").out
    )
    waiting = sum(each["action"] == "review" for each in scan["verdicts"])
    outcome = errno_gen("apply", "--tree", kernel, "--driver", "epsilon")
    assert outcome.code == 0
    assert ("obeys" in outcome.out) is (not waiting)
    assert ("for review under the policy einval" in outcome.out) is bool(waiting)
    assert waiting
