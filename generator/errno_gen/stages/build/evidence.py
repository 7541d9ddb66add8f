# SPDX-License-Identifier: GPL-2.0-only
"""What a commit changes in an object's code, and whether its edits explain that.

A commit is *meant* to touch some functions: those that ``apply`` recorded when it made the
commit; else those that the changelog names as ``name()``, if the commit edits one of them;
else all that its diff edits. A function may differ if it is meant and its text changed, or
if one that is meant and changed became part of its code. All else is flagged.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from errno_gen.analysis.c.versions import (
    SourceFunction,
    inlined_from,
    line_map,
    reached,
    touched,
    with_macros,
)
from errno_gen.model import Commit, FunctionChange, ObjectChange, SourceFile
from errno_gen.model.errnos import ERRNOS
from errno_gen.tools.compile.results import ObjectResult
from errno_gen.tools.compile.warnings import new_warnings
from errno_gen.tools.crew.ledger import History, Ledger
from errno_gen.tools.git.claims import claimed
from errno_gen.tools.git.repository import Repository
from errno_gen.tools.kernel.objects import KbuildObject
from errno_gen.tools.objects.disassembly import Listings
from errno_gen.tools.objects.objcode import CodeChange, Comparison

_NAMED = re.compile(r"\b([A-Za-z_]\w*)\(\)")
AHEAD = 32
"""How many edits are kept: one source is compiled for several architectures."""
_BASES = {"record": "apply did not edit it", "changelog": "the changelog does not name it"}


class Evidence:
    """The judge of one commit's objects; ``position`` is that of the commit in its chain."""

    def __init__(self, repo: Repository, history: History, listings: Listings) -> None:
        self._repo = repo
        self._history = history
        self._listings = listings
        self._edit = functools.lru_cache(AHEAD)(Edit)

    def of(
        self,
        commit: Commit,
        position: int,
        one: KbuildObject,
        before: ObjectResult,
        after: ObjectResult,
    ) -> ObjectChange:
        """What the commit changes in an object that compiles before and after."""
        comparison = self._listings.compare(before.code, after.code)
        if comparison is None:
            return ObjectChange(one.target, missing="its code could not be read")
        edit = self.edit(commit, position, one, after)
        basis, meant = self._meant(commit, edit)
        return _Judgement(one.target, comparison, edit, basis, meant).result()

    def edit(self, commit: Commit, position: int, one: KbuildObject, result: ObjectResult) -> Edit:
        """What the commit does to the files that an object reads."""
        folder = one.source.rpartition("/")[0]
        own = {path for path in result.reads if path.rpartition("/")[0] == folder}
        headers = sorted((own | {*commit.files} & {*result.reads}) - {one.source})
        sources = [
            (old, new)
            for path in (one.source, *headers)
            if (old := self._history.source(position - 1, path)) is not None
            and (new := self._history.source(position, path)) is not None
        ]
        return self._edit(tuple(sources))

    def warnings(
        self, commit: Commit, position: int, one: KbuildObject, ledgers: Iterable[Ledger]
    ) -> Iterator[str]:
        """What an object of the commit is warned of and not before it, as ``file:line: text``."""

        def line_of(file: str, line: int) -> int:
            if file not in commit.files:
                return line
            old = self._history.source(position - 1, file)
            new = self._history.source(position, file)
            return line_map(new.text, old.text).get(line, 0) if old and new else 0

        for ledger in ledgers:
            before, after = ledger.proof(one, position - 1), ledger.proof(one, position)
            if after and after[0].compiled and not (before and not before[0].compiled):
                known = before[0].warnings if before else ()
                yield from new_warnings(known, after[0].warnings, line_of)

    def _meant(self, commit: Commit, edit: Edit) -> tuple[str, frozenset[str]]:
        recorded = claimed(self._repo.common_dir, commit.oid, commit.subject)
        if recorded:
            return "record", frozenset(recorded)
        message = self._repo.commits(commit.oid)[0].message
        named = frozenset(_NAMED.findall(message))
        if named & edit.functions:
            return "changelog", named
        return "diff", edit.functions


@dataclass(frozen=True)
class Edit:
    """Files that an object reads, before and after: the C file, then headers.

    Those of the C file's folder are among them, and all that the commit changes.
    """

    sources: tuple[tuple[SourceFile, SourceFile], ...]

    def read(self) -> None:
        """Parse the files now, which takes the longest."""
        assert self.versions is not None
        assert self.functions is not None

    @cached_property
    def versions(self) -> tuple[Mapping[str, SourceFunction], ...]:
        """The functions of all files, before and after."""
        return with_macros(old for old, _ in self.sources), with_macros(
            new for _, new in self.sources
        )

    @cached_property
    def functions(self) -> frozenset[str]:
        """Those whose text the commit changes."""
        return frozenset(name for pair in self.sources for name in touched(*pair).functions)

    @cached_property
    def own(self) -> frozenset[str]:
        """Those of the C file itself."""
        return touched(*self.sources[0]).functions if self.sources else frozenset()

    @cached_property
    def outside(self) -> frozenset[str]:
        """Names in the lines outside of functions that the commit changes."""
        return frozenset(name for pair in self.sources for name in touched(*pair).outside)

    @cached_property
    def errnos(self) -> dict[str, frozenset[tuple[int, int]]]:
        """Values before and after, by the functions in which only errnos change."""
        found: dict[str, frozenset[tuple[int, int]]] = {}
        for pair in self.sources:
            for name, names in touched(*pair).errnos.items():
                numbers = [(ERRNOS.get(old, 0), ERRNOS.get(new, 0)) for old, new in names]
                if all(old and new for old, new in numbers):
                    found[name] = frozenset((-old, -new) for old, new in numbers)
        return found

    def reached(self, name: str) -> frozenset[str]:
        return frozenset().union(*(reached(name, version) for version in self.versions))

    def is_line(self, name: str, numbers: tuple[int, int]) -> bool:
        """Whether two numbers are one line of a function's source, before and after."""
        old, new = numbers
        spans = [self.versions[0][each] for each in self.reached(name) & self.versions[0].keys()]
        if not any(one.first <= old <= one.last for one in spans):
            return False
        return any(line_map(was.text, now.text).get(old) == new for was, now in self.sources)


@dataclass(frozen=True)
class _Judgement:
    """One object's comparison against what its commit is meant to touch."""

    target: str
    comparison: Comparison
    edit: Edit
    basis: str
    meant: frozenset[str]

    def result(self) -> ObjectChange:
        changes: list[FunctionChange] = []
        flagged: list[str] = []
        explaining: set[str] = set()
        for change in self._real_changes():
            because, reasons, used = self._explain(change)
            explaining |= used
            flagged += reasons
            changes.append(FunctionChange(change.function, change.kind, because))
        flagged += self._without_effect(explaining)
        for name in self.comparison.data:
            if name in self.edit.outside and self.basis != "record":
                changes.append(FunctionChange(name, "data", "edited"))
            else:
                changes.append(FunctionChange(name, "data", ""))
                flagged.append(f"{name}: the contents of this variable differ")
        moved = len(self.comparison.changes) - sum(one.kind != "data" for one in changes)
        return ObjectChange(
            object=self.target,
            functions=tuple(changes),
            identical=self.comparison.identical + moved,
            basis=self.basis,
            flagged=tuple(flagged),
        )

    def _real_changes(self) -> Iterator[CodeChange]:
        """What differs in more than line numbers that have moved."""
        for change in self.comparison.changes:
            if change.kind != "immediates" or self._numbers(change):
                yield change

    def _numbers(self, change: CodeChange) -> set[tuple[int, int]]:
        lines = (pair for pair in change.numbers if self.edit.is_line(change.function, pair))
        return set(change.numbers) - set(lines)

    def _explain(self, change: CodeChange) -> tuple[str, list[str], set[str]]:
        """Why a function differs, what is flagged there, and which edits it shows."""
        name, edited = change.function, self.edit.functions
        calls = self.comparison.calls.get(name, {})
        foreign = edited - self.meant
        chain = inlined_from(name, self.edit.versions, calls, edited & self.meant)
        strange = inlined_from(name, self.edit.versions, calls, foreign)
        flagged = []
        if strange:
            flagged.append(f"{strange[-1]}: is part of {name} and edited, and {self._not_meant()}")
        if name in foreign:
            flagged.append(f"{name}: differs and is edited, and {self._not_meant()}")
            because = "edited"
        elif name in edited:
            because = "edited"
        elif chain:
            because = f"inlined {chain[-1]}"
        elif strange:
            because = f"inlined {strange[-1]}"
        elif caller := self._inlined_otherwise(change):
            because = (
                f"{'no longer inlined' if change.kind == 'new' else 'inlined now'} in {caller}"
            )
        else:
            because = ""
            flagged.append(f"{name}: {self._unexplained(change)}")
        if because and not flagged:
            flagged += self._more_than_errnos(change)
        return because, flagged, {name, *chain, *strange}

    def _inlined_otherwise(self, change: CodeChange) -> str:
        """The edited function for which the compiler thinks otherwise of inlining this one.

        Its text is the same before and after, but it has code of its own in just one of
        them: in the other it is part of its callers, and one of these differs by an edit
        that is meant. "" where there is no such caller.
        """
        if change.kind not in ("new", "gone"):
            return ""
        if not all(change.function in version for version in self.edit.versions):
            return ""
        edited = self.edit.functions & self.meant
        return next(
            (
                other.function
                for other in self._real_changes()
                if other.function in edited and change.function in self.edit.reached(other.function)
            ),
            "",
        )

    def _not_meant(self) -> str:
        return _BASES[self.basis]

    def _unexplained(self, change: CodeChange) -> str:
        what = {"new": "has code of its own now", "gone": "has no code of its own any more"}
        told = f"{what.get(change.kind, 'differs')}, and no edit is in it"
        used = {
            mentioned
            for version in self.edit.versions
            for name in reached(change.function, version) & version.keys()
            for mentioned in version[name].mentions
        }
        causes = sorted(used & self.edit.outside)
        return f"{told}; {', '.join(causes)} changed outside of functions" if causes else told

    def _more_than_errnos(self, change: CodeChange) -> list[str]:
        """Flags a function in which only errnos were edited and more than these differs."""
        edits = self.edit.reached(change.function) & self.edit.functions
        if not edits or not edits <= self.edit.errnos.keys():
            return []
        wanted = frozenset().union(*(self.edit.errnos[name] for name in edits))
        if change.kind == "immediates" and self._numbers(change) <= wanted:
            return []
        if change.kind in ("new", "gone"):  # the compiler thinks otherwise of inlining it
            return []
        return [f"{change.function}: more differs than the errnos that were edited"]

    def _without_effect(self, explaining: set[str]) -> list[str]:
        """Flags edits that cannot be seen in the object."""
        own = set(self.comparison.own)
        return [
            f"{name}: is edited and its code is the same"
            if name in own
            else f"{name}: is edited and nothing of it is in the object"
            for name in sorted((self.edit.own & self.meant) - explaining)
            if not self._seen(name, own)
        ]

    def _seen(self, name: str, own: set[str]) -> bool:
        """Whether a function that differs is one that the edited function may be part of."""
        if name in own:
            return False
        changed = (change.function for change in self._real_changes())
        return any(name in self.edit.reached(function) for function in changed)
