# SPDX-License-Identifier: GPL-2.0-only
"""What people call a driver: a word of its files' names, or its folder's."""

from __future__ import annotations

import posixpath
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from errno_gen.model import Driver, with_changes
from errno_gen.resources import data_file


@dataclass(frozen=True, slots=True)
class _Words:
    """Words that tell nothing of a driver; see the data file's comments."""

    affixes: frozenset[str]
    generic: re.Pattern[str]
    collective: frozenset[str]


@cache
def _words() -> _Words:
    document = tomllib.loads(data_file("drivers.toml").read_text(encoding="utf-8"))
    return _Words(
        frozenset(document["affixes"]),
        re.compile("|".join(document["generic"])),
        frozenset(document["collective"]),
    )


def driver_name(stems: Sequence[str], module: str, directory: str) -> str:
    """A short name for the driver of some files: their stems, composite module and folder.

    See the order of preference in the comments.
    """
    stem = full_stem(stems, module)
    telling = [word for word in _split(stem) if word not in _words().affixes]
    if not telling or is_generic("_".join(telling)):
        return folder_name(directory)
    if all(re.fullmatch(r"v?\d+", word) for word in telling):
        return "_".join((folder_name(directory), *telling))
    return ("-" if "-" in stem else "_").join(telling)


def full_stem(stems: Sequence[str], module: str) -> str:
    """The stem that stands for all of several files, uncut."""
    return next(
        # the file that its composite module is named after
        (one for one in stems if module and _plain(one) == _plain(module)),
        # what several files have in common, the composite module, a part that only the
        # folder can name, the first file
        common_stem(stems) or module or next(filter(is_generic, stems), "") or stems[0],
    )


def common_stem(stems: Sequence[str]) -> str:
    """The stem whose words all of several stems begin with, or ""."""
    if len(stems) == 1:
        return stems[0]
    split = [re.split(r"[-_]", stem) for stem in stems]
    shortest = min(split, key=len)
    if all(words[: len(shortest)] == shortest for words in split):
        return stems[split.index(shortest)]
    return ""


def is_generic(stem: str) -> bool:
    """Whether a stem tells nothing without its folder."""
    return _words().generic.fullmatch(stem) is not None


def is_telling(directory: str) -> bool:
    """Whether a folder has the name of a driver, so that its parts need none."""
    return not is_generic(posixpath.basename(directory)) and bool(directory)


def folder_name(directory: str) -> str:
    """The nearest folder whose name tells something."""
    parts = [part for part in directory.split("/") if part]
    telling = [p for p in parts if p not in _words().collective and not is_generic(p)]
    return telling[-1] if telling else (parts[-1] if parts else "kernel")


def told_apart(drivers: Sequence[Driver]) -> tuple[Driver, ...]:
    """The drivers, all with different names; those that share one get as little as that needs.

    Of several drivers the one whose folder has the name keeps it. The others get back what
    was cut off from their files' names, or their folder in front, then all of its path.
    """
    names = Counter(driver.name for driver in drivers)
    taken = {name for name, count in names.items() if count == 1}
    fresh: dict[Driver, str] = {}
    for name in (name for name, count in names.items() if count > 1):
        alike = [driver for driver in drivers if driver.name == name]
        for form in _FORMS:
            found = [form(driver) for driver in alike]
            if len(set(found)) == len(found) and not taken & set(found):
                break
        taken.update(found)
        fresh.update(zip(alike, found, strict=True))
    return tuple(
        with_changes(driver, name=fresh[driver]) if driver in fresh else driver
        for driver in drivers
    )


def _uncut(driver: Driver) -> str:
    stem = posixpath.basename(_first(driver)).removesuffix(".c")
    return driver.name if is_generic(stem) else stem


def _with_folder(driver: Driver) -> str:
    folder = folder_name(driver.directory)
    return driver.name if folder == driver.name else f"{folder}-{driver.name}"


def _with_path(driver: Driver) -> str:
    return f"{driver.directory.replace('/', '-')}-{driver.name}"


def _with_file(driver: Driver) -> str:
    return re.sub(r"\W+", "-", _first(driver).removesuffix(".c"))


_FORMS: tuple[Callable[[Driver], str], ...] = (_uncut, _with_folder, _with_path, _with_file)


def _first(driver: Driver) -> str:
    return driver.files[0]


def _split(stem: str) -> list[str]:
    return [word for word in re.split(r"[-_]", stem) if word]


def _plain(name: str) -> str:
    return name.replace("_", "-")
