# SPDX-License-Identifier: GPL-2.0-only
"""Warnings: whose they are, and which ones are new."""

from __future__ import annotations

from errno_gen.tools.compile.warnings import NO_CHECKS, Checks, new_warnings, warnings_by_target

_LOG = """\
make[1]: Entering directory '/build'
  CC [M]  drivers/iommu/alpha.o
/src/drivers/iommu/alpha.c: In function 'f':
/src/drivers/iommu/alpha.c:12:7: warning: variable 'x' set but not used [-Wunused-but-set-variable]
   12 |   int x;
  CHECK   /src/drivers/iommu/alpha.c
/src/drivers/iommu/alpha.c:20:9: warning: incorrect type in argument 1 (different address spaces)
/src/drivers/iommu/alpha.c:20:9:    expected void *p
/src/drivers/iommu/alpha.c:20:9:    got void [noderef] __iomem *base
/src/drivers/iommu/alpha.c:31: warning: Function parameter or member 'x' not described in 'g'
  CC      drivers/iommu/beta.o
/src/include/linux/x.h:3:1: warning: no previous prototype for 'h' [-Wmissing-prototypes]
/src/include/linux/x.h:3:1: warning: no previous prototype for 'h' [-Wmissing-prototypes]
"""


def test_warnings_go_to_the_object_that_gives_them() -> None:
    assert warnings_by_target(_LOG, ("/src", "/build")) == {
        "drivers/iommu/alpha.o": (
            "drivers/iommu/alpha.c:12: variable 'x' set but not used [-Wunused-but-set-variable]",
            "drivers/iommu/alpha.c:20: incorrect type in argument 1 (different address spaces)"
            "; expected void *p; got void [noderef] __iomem *base",
            "drivers/iommu/alpha.c:31: Function parameter or member 'x' not described in 'g'",
        ),
        "drivers/iommu/beta.o": (
            "include/linux/x.h:3: no previous prototype for 'h' [-Wmissing-prototypes]",
        ),
    }


def shifted(_file: str, line: int) -> int:
    """Line 10 is new; what follows has moved down by one."""
    return 0 if line == 10 else line - (line > 10)


def test_a_warning_that_has_moved_is_not_new() -> None:
    assert new_warnings(("a.c:5: x", "a.c:20: y"), ("a.c:5: x", "a.c:21: y"), shifted) == ()


def test_the_one_on_the_new_line_is_new() -> None:
    before, after = ("a.c:20: unused",), ("a.c:10: unused", "a.c:21: unused")
    assert new_warnings(before, after, shifted) == ("a.c:10: unused",)


def test_the_line_of_an_edited_statement_does_not_matter() -> None:
    assert new_warnings(("a.c:9: unused",), ("a.c:10: unused",), shifted) == ()


def test_another_text_or_file_is_new() -> None:
    before = ("a.c:5: variable 'x' unused",)
    after = ("a.c:5: variable 'y' unused", "a.h:5: variable 'x' unused")
    assert new_warnings(before, after, shifted) == after


def test_places_in_a_text_do_not_matter() -> None:
    before, after = ("a.c:5: shadows that at a.c:3:1",), ("a.c:5: shadows that at a.c:4:1",)
    assert new_warnings(before, after, shifted) == ()


def test_what_make_is_asked_for() -> None:
    assert NO_CHECKS.arguments("-O") == ()
    assert not NO_CHECKS
    everything = Checks(extra=True, sparse=True)
    assert everything.arguments("-O") == (
        "MAKE=make --old-file=prepare",
        "W=1",
        "KCFLAGS=-O -Wno-error",
        "C=2",
        "CHECK=sparse",
    )
    assert (
        len({one.name for one in (NO_CHECKS, everything, Checks(True), Checks(False, True))}) == 4
    )
