# SPDX-License-Identifier: GPL-2.0-only
"""The drivers of one folder: which of its objects are one thing to those who keep them.

The files that one symbol governs are one, and those of a composite module without a symbol.
Such groups are parts of one driver if neither can be without the other, or if
 - they have no symbol: the folder has a driver's name and one of its files just a part's name,
   or the one needs the other;
 - the one is an option of the other, by its symbol (CONFIG_X_Y and CONFIG_X), and needs it or
   is needed.
Files that only use the same library, header or entry of MAINTAINERS remain strangers.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from errno_gen.model import Driver
from errno_gen.tools.kernel.links import Links
from errno_gen.tools.kernel.names import (
    common_stem,
    driver_name,
    folder_name,
    is_generic,
    is_telling,
)
from errno_gen.tools.kernel.objects import KbuildObject

Built = tuple[tuple[Driver, frozenset[tuple[str, str]]], ...]
"""Drivers, each with the (symbol, module) of what it is built of."""


@dataclass(frozen=True, slots=True)
class _Group:
    """Files that Kbuild itself holds together; ``symbol`` and ``module`` as in KbuildObject."""

    symbol: str
    module: str
    sources: tuple[str, ...]
    ways: frozenset[tuple[str, str]]

    @property
    def stems(self) -> tuple[str, ...]:
        """The names of the files."""
        return _stems(self.sources)


def drivers_in(
    directory: str,
    objects: Iterable[KbuildObject],
    governing: str,
    links: Links,
    headers_of: Callable[[str], Iterable[str]],
) -> Built:
    """The drivers of a Makefile's folder, in its order.

    ``objects`` are what it builds of C files, ``governing`` is the symbol under which the
    folder is entered at all, or "".
    """
    groups = _groups(objects)
    joined = _joined(directory, groups, governing, links)
    return tuple(_driver(directory, parts, headers_of) for parts in joined)


def _groups(objects: Iterable[KbuildObject]) -> list[_Group]:
    found: dict[tuple[str, ...], list[KbuildObject]] = {}
    for each in objects:
        key = (each.symbol,) if each.symbol else ("", each.module) if each.module else ()
        found.setdefault(key or ("", "", each.source), []).append(each)
    return [
        _Group(
            built[0].symbol,
            built[0].module,
            tuple(dict.fromkeys(each.source for each in built)),
            frozenset((each.symbol, each.module) for each in built),
        )
        for built in found.values()
    ]


def _joined(
    directory: str, groups: Sequence[_Group], governing: str, links: Links
) -> list[list[_Group]]:
    """The groups by drivers, in the order of their first ones."""
    count = range(len(groups))
    needed = [{b for b in count if a != b and _needs(groups[a], groups[b], links)} for a in count]
    reach = [_reached(needed, a) for a in count]
    parts = is_telling(directory) and any(
        is_generic(stem) for group in groups if not group.symbol for stem in group.stems
    )

    def one(a: int, b: int) -> bool:
        if b in reach[a] and a in reach[b]:
            return True
        first, second = groups[a], groups[b]
        linked = b in needed[a] or a in needed[b]
        if not first.symbol and not second.symbol:
            return linked or parts
        own, other = first.symbol or governing, second.symbol or governing
        return linked and (_is_option(own, other) or _is_option(other, own))

    found: list[list[int]] = []
    open_ones = list(count)
    while open_ones:
        driver = [open_ones.pop(0)]
        for member in driver:  # it grows meanwhile
            more = [other for other in open_ones if one(member, other)]
            driver += more
            open_ones = [other for other in open_ones if other not in more]
        found.append(sorted(driver))
    return [[groups[number] for number in driver] for driver in found]


def _needs(user: _Group, maker: _Group, links: Links) -> bool:
    return any(links.needs(a, b) for a in user.sources for b in maker.sources if a != b)


def _reached(needed: Sequence[set[int]], start: int) -> set[int]:
    found, waiting = {start}, [start]
    while waiting:
        fresh = needed[waiting.pop()] - found
        found |= fresh
        waiting.extend(fresh)
    return found


def _is_option(symbol: str, whole: str) -> bool:
    return bool(whole) and symbol.startswith(f"{whole}_")


def _driver(
    directory: str, groups: Sequence[_Group], headers_of: Callable[[str], Iterable[str]]
) -> tuple[Driver, frozenset[tuple[str, str]]]:
    main = _main(directory, groups)
    ordered = (main, *(group for group in groups if group is not main))
    sources = tuple(dict.fromkeys(path for group in ordered for path in group.sources))
    common = common_stem(_stems(sources)) if len(groups) > 1 else ""
    name = driver_name((common,) if common else main.stems, main.module, directory)
    headers = sorted({header for source in sources for header in headers_of(source)})
    ways = frozenset(way for group in groups for way in group.ways)
    return Driver(name, directory, main.symbol, (*sources, *headers)), ways


def _main(directory: str, groups: Sequence[_Group]) -> _Group:
    """The group that the driver is named after: the folder's namesake, or the largest."""
    folder = folder_name(directory)
    named = (g for g in groups if driver_name(g.stems, g.module, directory) == folder)
    return next(named, max(groups, key=lambda group: len(group.sources)))


def _stems(sources: Iterable[str]) -> tuple[str, ...]:
    return tuple(posixpath.basename(source)[:-2] for source in sources)
