# SPDX-License-Identifier: GPL-2.0-only
"""The law of taking away: where a body is withheld a verdict stays, goes, or becomes unknown.

See laws.py. A definition is turned into a declaration wherever the tree is read, so that
nobody sees its body; all else is as it was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from errno_gen.analysis.c.excerpts import functions_in, macros_in
from errno_gen.analysis.c.program import Function
from errno_gen.analysis.c.text.syntax import call_name
from errno_gen.analysis.c.treesource import Library
from errno_gen.analysis.kernel.behaviours import Behaviours
from errno_gen.analysis.kernel.summaries import Summaries
from errno_gen.analysis.origins.index import Index, index_of
from errno_gen.analysis.origins.path import entered, path_from
from errno_gen.model import Cause, Driver, SourceFile, Verdict, with_changes
from errno_gen.policy import Policy, load_policy
from errno_gen.stages.analyse import analyse
from errno_gen.stages.discover import Discovery, discover, roles_in
from errno_gen.stages.knowledge import Knowledge
from errno_gen.tools.git.repository import Repository
from errno_gen.tools.kernel.tree import KernelTree, Reader
from laws import Key, key_of

_BLANKED = bytes(byte if byte == 0x0A else 0x20 for byte in range(256))


def without(text: bytes, name: str) -> bytes:
    """The text without the bodies of a function, and without a macro, of that name."""
    for whole in functions_in(text, name) if name.encode() in text else ():
        body = whole.index(b"{", whole.index(name.encode()))
        blank = whole[body:].translate(_BLANKED)
        text = text.replace(whole, whole[:body] + b";" + blank[1:])
    if b"define" in text and any(macros_in(text, name)):
        text = text.replace(b" " + name.encode() + b"(", b" " + name.encode() + b"_withheld(")
    return text


@dataclass(frozen=True, slots=True)
class Helper:
    """A function whose body can be withheld; ``path`` is "" for one of the tree.

    ``below`` are the driver's functions that it calls, and those that these call.
    """

    driver: str
    name: str
    path: str
    below: frozenset[str] = frozenset()


class _Withholding:
    """A repository in which a function has no body, in one file or in all."""

    def __init__(self, repo: Repository, helper: Helper) -> None:
        self._repo = repo
        self._helper = helper

    def read(self, commit: str, path: str) -> SourceFile | None:
        found = self._repo.read(commit, path)
        name = self._helper.name
        if found is None or self._helper.path not in ("", path) or name.encode() not in found.text:
            return found
        return replace(found, blob=f"{found.blob}-{name}", text=without(found.text, name))

    def grep(self, commit: str, words: Sequence[str]) -> tuple[str, ...]:
        return self._repo.grep(commit, words)

    def grep_lines(self, commit: str, pattern: str) -> Iterator[tuple[str, str]]:
        return self._repo.grep_lines(commit, pattern)


class Bodies:
    """The drivers of one tree, and what is said of them when a body is withheld."""

    def __init__(self, repo: Repository, cache: Path) -> None:
        self._repo = repo
        self._cache = cache
        self._commit = repo.resolve("HEAD")
        self._before: dict[str, tuple[Verdict, ...]] = {}
        self._helpers: list[Helper] = []
        for driver in self._found.drivers:
            self._before[driver.name] = self._analysed(driver, repo, asked=True)

    @cached_property
    def _policy(self) -> Policy:
        policy = load_policy("einval")
        tree = KernelTree(self._repo, self._commit)
        return with_changes(policy, roles=roles_in(tree, policy.roles, tree.grep))

    @cached_property
    def _found(self) -> Discovery:
        return discover(KernelTree(self._repo, self._commit), self._policy)

    @property
    def helpers(self) -> tuple[Helper, ...]:
        """The helpers on the attach paths, and what is asked of the tree, by driver."""
        return tuple(self._helpers)

    def broken(self, helper: Helper) -> tuple[str, ...]:
        """The verdicts that are decided anew once the helper's body is withheld.

        What is below the helper may be decided: a chain that disagreed goes with the body.
        """
        driver = next(d for d in self._found.drivers if d.name == helper.driver)
        after = self._analysed(driver, _Withholding(self._repo, helper), asked=False)
        seen = [verdict for verdict in after if verdict.site.function not in helper.below]
        news = _decided(seen) - _decided(self._before[driver.name])
        return tuple(f"without {helper.name}(): {key} is {cause}" for key, cause in news)

    def _analysed(self, driver: Driver, reader: Reader, *, asked: bool) -> tuple[Verdict, ...]:
        tree = KernelTree(reader, self._commit)
        knowledge = Knowledge(tree, self._cache)
        behaviours = Behaviours(Library(knowledge))
        verdicts = analyse(
            tree,
            self._policy,
            driver,
            self._found.callbacks,
            summaries=Summaries(knowledge),
            behaviours=behaviours,
        )
        if asked:
            own = self._called(tree, driver)
            known = {n for n, found in behaviours.known.items() if found is not None}
            names = {helper.name for helper in own}
            kernel = {Helper(driver.name, name, "") for name in known - names}
            order = sorted(own | kernel, key=lambda helper: (helper.path, helper.name))
            self._helpers.extend(order)
        return verdicts

    def _called(self, tree: KernelTree, driver: Driver) -> set[Helper]:
        """The driver's functions that are called on its attach paths, without the callbacks."""
        roles = self._policy.roles
        domain = next(p for p in roles.parameters if p.role == "domain")
        device = next(p.type for p in roles.parameters if p.role == "device")
        paths = dict.fromkeys([*driver.files, *tree.companions(driver)])
        index = index_of(tree.sources(paths), domain, device)
        own = [each for each in self._found.callbacks if each.driver == driver.name]
        entries = entered(index, own, roles)
        callbacks = {entry.context.function for entry in entries}
        walked = {f for e in entries for f in path_from(index, e.context).functions}
        return {
            Helper(driver.name, f.name, f.path, frozenset(b.name for b in _below(index, f)))
            for f in walked.union(*(_below(index, f) for f in walked)) - callbacks
            if not f.macro
        }


def _below(index: Index, function: Function) -> set[Function]:
    """The functions of the driver that one calls, and those that these call."""
    found: set[Function] = set()
    waiting = list(_callees(index, function))
    while waiting:
        callee = waiting.pop()
        if callee not in found:
            found.add(callee)
            waiting.extend(_callees(index, callee))
    return found


def _callees(index: Index, function: Function) -> Iterator[Function]:
    for call in function.calls:
        if call_name(call):
            yield from index.program.resolve(call_name(call), function.path)


def _decided(verdicts: Sequence[Verdict]) -> Counter[tuple[Key, Cause]]:
    causes = (Cause.UNKNOWN, Cause.KAPI)
    return Counter((key_of(v), v.cause) for v in verdicts if v.cause not in causes)
