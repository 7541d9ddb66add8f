# SPDX-License-Identifier: GPL-2.0-only
"""Ops tables in every form, and other structs that have a member of the name."""

from __future__ import annotations

import pytest

from errno_gen.analysis.flow.tables import installed, unread
from errno_gen.policy import load_policy
from functions import program_of

ROLES = load_policy("einval").roles


def found(text: str) -> list[tuple[str, str]]:
    """(function, table) of each callback that a file installs."""
    return [(each.function, each.ops) for each in installed(program_of(text), "0.c", ROLES)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("struct iommu_domain_ops o = { .attach_dev = f };", [("f", "o")]),
        ("static const struct iommu_domain_ops o = { .attach_dev = &f, };", [("f", "o")]),
        ("const struct iommu_domain_ops o[] = { { .attach_dev = f }, [2] = { .attach_dev = g } };",
         [("f", "o"), ("g", "o")]),
        ("struct iommu_ops o = { .default_domain_ops = &(const struct iommu_domain_ops) "
         "{ .attach_dev = f } };", [("f", "o")]),
        ("void s(void) { x->ops = &(struct iommu_domain_ops) { .attach_dev = f }; }", [("f", "")]),
        ("struct d { struct iommu_domain_ops ops; }; struct d o = { .ops = { .attach_dev = f } };",
         [("f", "o")]),
        ("struct d { struct iommu_domain_ops ops; }; struct d o = { .ops.attach_dev = f };", None),
        ("void s(struct iommu_domain_ops *p) { p->attach_dev = f; }", [("f", "p")]),
        ("struct iommu_domain_ops o; void s(void) { o.attach_dev = &f; }", [("f", "o")]),
        ("struct iommu_domain_ops o = { .attach_dev = C ? f : g };", [("f", "o"), ("g", "o")]),
        ("struct iommu_domain_ops o = { .attach_dev = NULL };", []),
        ("struct iommu_domain_ops o = { .detach_dev = f };", []),
        ("struct generic_pm_domain o = { .attach_dev = f };", []),
        ("void s(struct generic_pm_domain *p) { p->attach_dev = f; }", []),
        ("struct iommu_ops o = { .pm = &(struct dev_pm_domain) { .attach_dev = f } };", []),
        ("/* struct iommu_domain_ops o = { .attach_dev = f }; */", []),
    ],
)  # fmt: skip
def test_what_a_file_installs(text: str, expected: list[tuple[str, str]] | None) -> None:
    assert found(text) == ([] if expected is None else expected)


def test_a_line_is_that_of_the_function_name() -> None:
    text = "struct iommu_domain_ops o = {\n\t.free = g,\n\t.attach_dev =\n\t\tf,\n};"
    (entry,) = installed(program_of(text), "0.c", ROLES)
    assert entry.line == 4


@pytest.mark.parametrize(
    ("uses", "fixed"),
    [
        ("static struct iommu_domain d = { .ops = &o };", True),
        ("static struct iommu_domain d = { .ops = & o }; struct iommu_domain e = { .ops = &o };",
         True),
        ("static struct iommu_ops p = { .default_domain_ops = &o };", False),
        ("static struct iommu_domain d = { .ops = &o }; struct iommu_ops p = { .d = &o };", False),
        ("", False),
    ],
)  # fmt: skip
def test_a_table_of_static_domains_only(uses: str, fixed: bool) -> None:
    text = f"static const struct iommu_domain_ops o = {{ .attach_dev = f }}; {uses}"
    (entry,) = installed(program_of(text), "0.c", ROLES)
    assert entry.fixed_domain is fixed


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("struct iommu_domain_ops o = {\n.attach_dev = f };", ()),
        ("struct generic_pm_domain o = {\n.attach_dev = f };", ()),
        ("void s(struct iommu_domain_ops *p) { p->attach_dev = f; }", ()),
        ("void s(struct pm *p) {\np->attach_dev = f;\no.attach_dev = f;\n}", (3,)),
        ("void s(struct pm *p) {\np->x.attach_dev = f; }", (2,)),
        ("void s(void) {\nget()->attach_dev = f; }", (2,)),
        ("void s(void) {\nif (a[1] .attach_dev == f || g()\n.attach_dev == f) x(); }", ()),
        ('/*\n.attach_dev = f */ char *s = ".attach_dev = f";\n#define T .attach_dev = f', ()),
        # The end of the file is missing, or a type.
        ("struct iommu_ops o = {\n.default_domain_ops = &(const struct iommu_domain_ops) {\n"
         ".attach_dev = f,", (3,)),
        ("struct far_away o = {\n.domain_ops = {\n.attach_dev = f } };", (3,)),
        ("} } = (\n.attach_dev\t= f,\n", (2,)),
    ],
)  # fmt: skip
def test_a_table_of_unknown_type_is_not_passed_over(text: str, lines: tuple[int, ...]) -> None:
    assert unread(program_of(text), "0.c", ROLES) == lines
