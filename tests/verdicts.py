# SPDX-License-Identifier: GPL-2.0-only
"""Verdicts made by hand: a test names the constant or the message by the text around it."""

from __future__ import annotations

from errno_gen.model import (
    Action,
    Cause,
    Driver,
    DriverPatch,
    Location,
    Site,
    SourceFile,
    Verdict,
)

PATH = "drivers/iommu/example.c"
DRIVER = Driver("example", "drivers/iommu", "CONFIG_EXAMPLE", (PATH,))


def source(text: str | bytes, path: str = PATH) -> SourceFile:
    """A source file; its blob id does not matter here."""
    return SourceFile(path, "0" * 40, text.encode() if isinstance(text, str) else text)


def place(file: SourceFile, start: int, end: int) -> Location:
    """The location of a byte range."""
    line = file.text.count(b"\n", 0, start) + 1
    return Location(file.path, line, start - (file.text.rfind(b"\n", 0, start) + 1), start, end)


def find(file: SourceFile, text: str, number: int = 0) -> Location:
    """The location of the ``number``-th (from 0) occurrence of a text."""
    start = -1
    for _ in range(number + 1):
        start = file.text.index(text.encode(), start + 1)
    return place(file, start, start + len(text.encode()))


def messages(file: SourceFile, *beginnings: str) -> tuple[Location, ...]:
    """The message statements that begin with the texts, each up to its semicolon."""
    found = []
    for beginning in beginnings:
        start = find(file, beginning).start
        end = file.text.index(b");", start) + 2
        found.append(place(file, start, end))
    return tuple(found)


def verdict(
    constant: Location,
    errno: str,
    wanted: str | None,
    *,
    action: Action = Action.REWRITE,
    prints: tuple[Location, ...] = (),
    propagate: str | None = None,
    driver: Driver = DRIVER,
) -> Verdict:
    """A verdict on the constant ``-errno`` at a location."""
    site = Site("example", constant, errno, "return", constant)
    return Verdict(
        driver=driver.name,
        callbacks=("example_attach_dev",),
        site=site,
        guard=(),
        origins=(),
        chain=(),
        cause=Cause.INCOMPATIBLE,
        rule="by hand",
        because=("Somebody said so.",),
        wanted=wanted,
        propagate=propagate,
        action=action,
        prints=prints,
    )


def function(*lines: str) -> SourceFile:
    body = "".join(f"\t{line}\n" if line else "\n" for line in lines)
    return source(f"int example(struct device *dev, int x)\n{{\n\tint ret;\n\n{body}}}\n")


def lines_of(patch: DriverPatch | None) -> list[str]:
    """The lines behind the declarations of what :func:`function` made."""
    assert patch is not None
    (change,) = patch.changes
    return [line.removeprefix("\t") for line in change.after.decode().splitlines()[4:-1]]


def dropping(file: SourceFile, errno: str, *prints: str) -> Verdict:
    return verdict(find(file, f"-{errno}"), errno, "EINVAL", prints=messages(file, *prints))
