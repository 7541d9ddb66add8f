# SPDX-License-Identifier: GPL-2.0-only
"""What is known of a configuration: its symbols and the results of its objects, kept.

Results are kept apart from the folder in which an object was compiled, since that may be on
another machine, or gone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from tuxmake.arch import Architecture

from errno_gen.model import from_json, to_json, with_changes
from errno_gen.tools.compile.kbuild import name_of
from errno_gen.tools.compile.results import ObjectResult, Recipe
from errno_gen.tools.kernel.makefile import Condition
from errno_gen.tools.objects.disassembly import Listings
from errno_gen.tools.settings import Configuration

T = TypeVar("T")

_KEPT_TREES = 100
_KEPT_BASES = 10
_BUILT_IN = ("y", "m")


@dataclass(frozen=True, slots=True)
class _Kept:
    """``symbols`` are values in the .config by base commit; ``objects`` results by key, target."""

    symbols: dict[str, dict[str, str]] = field(default_factory=dict)
    objects: dict[str, dict[str, ObjectResult]] = field(default_factory=dict)
    recipe: Recipe = field(default_factory=Recipe)


class Record:
    """What is known of a configuration and toolchain, in the file of that name in ``folder``.

    ``listings`` has the code of the objects: a result whose code is lost does not count.
    """

    def __init__(
        self, folder: Path, configuration: Configuration, toolchain: str, listings: Listings
    ) -> None:
        self.configuration = configuration
        self._file = folder / f"{name_of(configuration, toolchain)}.json"
        self._listings = listings
        self._kept = self._load()

    @property
    def source_architecture(self) -> str:
        """The folder below ``arch/`` (SRCARCH)."""
        return str(Architecture(self.configuration.architecture).source_arch)

    @property
    def bases(self) -> tuple[str, ...]:
        """The commits for which values of symbols are known, newest first."""
        return tuple(self._kept.symbols)[::-1]

    def knows(self, base: str, symbols: Collection[str]) -> bool:
        """Whether the values of ``symbols`` are known for the commit ``base``."""
        return base in self._kept.symbols and set(symbols) <= self._kept.symbols[base].keys()

    def enables(self, base: str, conditions: Sequence[Condition]) -> bool:
        """Whether the .config for ``base`` has all of ``conditions``; on means y or m."""
        values = self._kept.symbols[base]
        return all((values.get(one.symbol, "n") in _BUILT_IN) == one.enabled for one in conditions)

    def known(self, key: str) -> Mapping[str, ObjectResult]:
        """Results by target that were kept under ``key``."""
        return self._kept.objects.get(key, {})

    def trees_with(self, target: str, checks: str) -> tuple[str, ...]:
        """The trees (or base commits) for which ``target`` is known, newest first.

        ``checks`` names those that it was compiled with, as in the keys.
        """
        keys = (key.partition(" ") for key, own in self._kept.objects.items() if target in own)
        return tuple(tree for tree, _, name in keys if name == checks)[::-1]

    def reproduce(self, commit: str, targets: Sequence[str]) -> str:
        """A shell line that checks out ``commit`` and compiles ``targets``."""
        return self._kept.recipe.line(commit, targets)

    @property
    def recipe(self) -> Recipe:
        """Where and with what the newest results were made."""
        return self._kept.recipe

    def keep_symbols(self, base: str, values: Mapping[str, str], recipe: Recipe) -> None:
        """Note values in the .config for ``base``, and how things are compiled there."""
        both = {**self._kept.symbols.get(base, {}), **values}
        newest = _newest(self._kept.symbols, base, both, _KEPT_BASES)
        self._keep(with_changes(self._kept, symbols=newest, recipe=recipe))

    def adopt_symbols(self, base: str, known: str) -> None:
        """Note that the .config for ``base`` has the values of that for ``known``."""
        if base != known:
            self.keep_symbols(base, self._kept.symbols[known], self.recipe)

    def keep(self, key: str, results: Mapping[str, ObjectResult], recipe: Recipe) -> None:
        """Note results under ``key``, which must stand for the whole tree and the checks."""
        both = {**self.known(key), **results}
        newest = _newest(self._kept.objects, key, both, _KEPT_TREES)
        self._keep(with_changes(self._kept, objects=newest, recipe=recipe))

    def _load(self) -> _Kept:
        try:
            kept = from_json(self._file.read_bytes(), _Kept)
        except (FileNotFoundError, ValueError):
            return _Kept()
        has = self._listings.has
        readable = {
            key: {name: one for name, one in own.items() if not one.compiled or has(one.code)}
            for key, own in kept.objects.items()
        }
        return with_changes(kept, objects=readable)

    def _keep(self, kept: _Kept) -> None:
        """Write in one step: a run that is killed leaves the old or the new file."""
        self._file.parent.mkdir(exist_ok=True)
        fresh = self._file.with_suffix(".new")
        fresh.write_bytes(to_json(kept))
        fresh.replace(self._file)
        self._kept = kept


def _newest(old: Mapping[str, T], key: str, value: T, count: int) -> dict[str, T]:
    """``old`` with ``value`` under ``key``, which becomes the newest of at most ``count``."""
    others = {name: one for name, one in old.items() if name != key}
    return dict(list({**others, key: value}.items())[-count:])
