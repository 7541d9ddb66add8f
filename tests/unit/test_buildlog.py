# SPDX-License-Identifier: GPL-2.0-only
"""What failed, from logs that were written by hand after make's and gcc's way."""

from __future__ import annotations

import pytest

from errno_gen.tools.compile.buildlog import first_error, first_errors, machine_fault

_ROOTS = ("/src", "/build")
_TWO = """\
make[1]: Entering directory '/build'
  CC      drivers/iommu/one.o
/src/drivers/iommu/one.c: In function 'one_attach':
/src/drivers/iommu/one.c:963:25: error: 'ENOTHING' undeclared (first use in this function)
  963 |                 return -ENOTHING;
/src/drivers/iommu/one.c:963:25: note: each undeclared identifier is reported only once
/src/drivers/iommu/one.c:970:1: error: a second one
make[4]: *** [/src/scripts/Makefile.build:255: drivers/iommu/one.o] Error 1
  CC [M]  drivers/iommu/good.o
  CC [M]  drivers/iommu/two.o
In file included from /src/drivers/iommu/two.c:3:
/src/drivers/iommu/two.h:1:10: fatal error: nothere.h: No such file or directory
compilation terminated.
make[4]: *** [/src/scripts/Makefile.build:255: drivers/iommu/two.o] Error 1
make[4]: *** No rule to make target 'drivers/iommu/gone.o'.
make[4]: *** No rule to make target '/src/drivers/iommu/three.c', needed by 'drivers/iommu/three.o'.
make[3]: *** [/src/scripts/Makefile.build:508: drivers/iommu] Error 2
make[3]: Target 'drivers/iommu/good.o' not remade because of errors.
make: *** [Makefile:250: __sub-make] Error 2
"""


def test_each_target_has_its_own_first_error() -> None:
    errors = first_errors(_TWO, _ROOTS)
    assert errors["drivers/iommu/one.o"] == (
        "drivers/iommu/one.c:963: 'ENOTHING' undeclared (first use in this function)"
    )
    assert errors["drivers/iommu/two.o"] == (
        "drivers/iommu/two.h:1: nothere.h: No such file or directory"
    )
    assert errors["drivers/iommu/gone.o"].startswith("No rule to make target")
    assert errors["drivers/iommu/three.o"].startswith("No rule to make target")
    assert "drivers/iommu/good.o" not in errors


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        (_TWO, "drivers/iommu/one.c:963: 'ENOTHING' undeclared (first use in this function)"),
        ("a.c:1:2: warning: x [-Wy]\ncc1: all warnings being treated as errors\n", ""),
        (
            "/src/a.c:7:2: error: unused variable 'x' [-Werror=unused-variable]\n",
            "a.c:7: unused variable 'x' [-Werror=unused-variable]",
        ),
        (
            "/src/a.S: Assembler messages:\n/src/a.S:12: Error: no such instruction\n",
            "a.S:12: no such instruction",
        ),
        (
            "ld: a.o: in function `f': undefined reference to `g'\n",
            "ld: a.o: in function `f': undefined reference to `g'",
        ),
        ("/bin/sh: 1: flex: not found\n", "/bin/sh: 1: flex: not found"),
        ("  CC a.o\n", ""),
        ("", ""),
    ],
)
def test_first_error(log: str, expected: str) -> None:
    assert first_error(log, _ROOTS) == expected


@pytest.mark.parametrize(
    "line",
    [
        "a.c:1:1: fatal error: error writing to /tmp/ccX.s: No space left on device",
        "gcc: fatal error: Killed signal terminated program cc1",
        "cc1: out of memory: Cannot allocate memory",
    ],
)
def test_the_machine_is_to_blame(line: str) -> None:
    assert machine_fault(f"  CC a.o\n{line}\n") == line
    assert machine_fault("a.c:1:1: error: 'ENOSPC' undeclared\n") == ""
