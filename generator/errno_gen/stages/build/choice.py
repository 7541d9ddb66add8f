# SPDX-License-Identifier: GPL-2.0-only
"""On which architectures and configurations objects are tried, and what enables them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from errno_gen.tools.compile.defconfigs import defconfigs, from_file, named
from errno_gen.tools.git.repository import Repository
from errno_gen.tools.kernel.makefile import Condition
from errno_gen.tools.kernel.objects import KbuildObject
from errno_gen.tools.settings import Configuration, candidates


class Enabling(Protocol):
    """What a configuration enables."""

    @property
    def source_architecture(self) -> str:
        """The folder below ``arch/`` (SRCARCH)."""

    def enables(self, conditions: Sequence[Condition]) -> bool:
        """Whether its .config has all of ``conditions``; on means y or m."""


class Choice:
    """The configurations to try for one run.

    ``architectures`` restricts them (none: all that are known). ``names`` of
    configurations in the tree and ``file``, a .config, take the place of the data file's
    candidates, and nothing else is searched then.
    """

    def __init__(
        self,
        repo: Repository,
        architectures: Sequence[str],
        names: Sequence[str] = (),
        file: Path | None = None,
    ) -> None:
        self._repo = repo
        self._architectures = architectures
        self._names = names
        self._file = from_file(file, architectures) if file else None

    def first(self, base: str) -> tuple[Configuration, ...]:
        """What to try in this order for a kernel. Raises InputError for unknown names."""
        if self._file is None and not self._names:
            return candidates(self._architectures)
        own = (self._file,) if self._file else ()
        asked = (named(self._repo, base, name, self._architectures) for name in self._names)
        return tuple(dict.fromkeys((*own, *(one for found in asked for one in found))))

    def searched(
        self, base: str, objects: Iterable[KbuildObject], tried: Sequence[Enabling]
    ) -> Iterator[Configuration]:
        """The kernel's own configurations that set what ``objects`` lack in those tried."""
        if self._file or self._names:
            return
        for symbol in sorted({symbol for one in objects for symbol in _lacking(one, tried)}):
            for configuration in defconfigs(self._repo, base, symbol):
                if not self._architectures or configuration.architecture in self._architectures:
                    yield configuration


def enables(configured: Enabling, ways: Iterable[KbuildObject]) -> bool:
    """Whether a configuration builds an object in one of the ways that Kbuild knows."""
    return any(
        one.architecture in ("", configured.source_architecture)
        and configured.enables(one.conditions)
        for one in ways
    )


def why_not(
    missing: Sequence[KbuildObject], tried: Sequence[Configuration], reasons: Iterable[str]
) -> str:
    """Why objects were not built, as a sentence without its full stop."""
    needs = dict.fromkeys(str(one) for each in missing for one in each.conditions)
    wanted = " and ".join(needs) or f"arch/{missing[0].architecture}"
    names = ", ".join(str(configuration) for configuration in tried)
    told = f"{wanted} is not enabled by {names}" if names else f"{wanted} was not tried"
    return "; ".join((told, *dict.fromkeys(reasons)))


def _lacking(one: KbuildObject, tried: Sequence[Enabling]) -> tuple[str, ...]:
    """The symbols that no configuration has on; the governing one if that tells nothing."""
    off = [
        condition.symbol
        for condition in one.conditions
        if condition.enabled and not any(each.enables((condition,)) for each in tried)
    ]
    if tried and off:
        return tuple(off)
    return (one.symbol,) if one.symbol else ()
