# SPDX-License-Identifier: GPL-2.0-only
"""Rewritten drivers made by hand, for tests of what becomes of them in git."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from errno_gen.model import (
    Action,
    Callback,
    Cause,
    Conversion,
    Driver,
    DriverPatch,
    FileChange,
    Guard,
    Location,
    Place,
    Site,
    Verdict,
)
from errno_gen.tools.git.repository import Repository


def driver_file(name: str, lines: int = 3) -> str:
    """A driver of which ``patch_of`` makes a patch."""
    body = "\n".join(f"\tif (domain->x{n})\n\t\treturn -EBUSY;" for n in range(lines))
    return f"int {name}_attach(void)\n{{\n{body}\n\treturn 0;\n}}\n"


def kernel_files(*names: str) -> dict[str, str]:
    """The files of drivers, by path."""
    return {f"drivers/iommu/{name}-iommu.c": driver_file(name) for name in names}


def patch_of(repo: Path, name: str, *, wanted: str = "EINVAL", rev: str = "HEAD") -> DriverPatch:
    """The patch of a driver of ``kernel_files``: every EBUSY becomes another errno."""
    path = f"drivers/iommu/{name}-iommu.c"
    opened = Repository.open(repo)
    source = opened.read(opened.resolve(rev), path)
    opened.close()
    assert source is not None
    verdicts = tuple(
        verdict(
            f"{name}_attach",
            "EBUSY",
            wanted,
            (f"`domain->x{number}` is read from the domain alone, so another one may do.",),
            driver=name,
            path=path,
            start=match.start(),
        )
        for number, match in enumerate(re.finditer(rb"-EBUSY", source.text))
    )
    after = source.text.replace(b"-EBUSY", f"-{wanted}".encode())
    change = FileChange(path, source.blob, source.text, after)
    return patch((change,), verdicts, name=name, files=(path,))


def patch(
    changes: Sequence[FileChange],
    verdicts: Sequence[Verdict],
    *,
    name: str = "example",
    files: Sequence[str] = ("drivers/iommu/example-iommu.c",),
) -> DriverPatch:
    """A patch of these parts."""
    return DriverPatch(
        driver=Driver(name, "drivers/iommu", f"CONFIG_{name.upper()}", tuple(files)),
        callbacks=(Callback(name, f"{name}_attach", files[0], 1, "attach_dev", f"{name}_ops"),),
        changes=tuple(changes),
        edits=(),
        verdicts=tuple(verdicts),
    )


def verdict(
    function: str,
    errno: str,
    wanted: str | None,
    because: Sequence[str],
    *,
    cause: Cause = Cause.INCOMPATIBLE,
    action: Action = Action.REWRITE,
    driver: str = "example",
    path: str = "drivers/iommu/example-iommu.c",
    start: int = 0,
    prints: Sequence[Location] = (),
    callbacks: Sequence[str] = (),
    outside: Sequence[str] = (),
    guard: Sequence[Guard] = (),
    decision: str | None = None,
    callee: str = "",
    places: Sequence[Place] = (),
) -> Verdict:
    """A verdict of which only these things matter; without callbacks it is on one itself."""
    constant = Location(path, 1, 0, start, start + len(errno) + 1)
    return Verdict(
        driver=driver,
        callbacks=tuple(callbacks) or (function,),
        site=Site(function, constant, errno, "call" if callee else "return", constant),
        guard=tuple(guard),
        origins=(),
        chain=(),
        cause=cause,
        rule="by hand",
        because=tuple(because),
        wanted=wanted,
        action=action,
        prints=tuple(prints),
        outside_callers=tuple(outside),
        decision=decision,
        callee=callee,
        conversion=Conversion(tuple(places)) if callee else None,
    )
