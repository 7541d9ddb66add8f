# SPDX-License-Identifier: GPL-2.0-only
"""What a tree without a single callback lacks, and what of it is near.

Nothing found is no proof that all is well: it is told as the error that it most likely is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches

from errno_gen.analysis.c.text.definitions import members_of, struct_bodies, structs_with
from errno_gen.errors import InputError
from errno_gen.model import SourceFile
from errno_gen.policy import Policy
from errno_gen.policytables import Table
from errno_gen.tools.kernel.tree import KernelTree

_SHOWN = 3
_NAME_IT = "name the tree's own struct and member in a policy file"


def no_callback(
    tree: KernelTree, policy: Policy, grep: Callable[[Sequence[str]], tuple[str, ...]]
) -> InputError:
    """The error that says what was looked for, what of it is not there, and what is near."""
    version = f"Linux {tree.version} ({tree.commit[:12]})"
    tables = policy.roles.tables
    bodies: dict[Table, list[tuple[str, bytes]]] = {}
    for table in tables:
        sources = _headers_first(tree.sources(grep((table.struct,))))
        bodies[table] = [
            (source.path, body)
            for source in sources
            for body in struct_bodies(source.text, table.struct)
        ]
    whole = [t for t in tables if any(t.member in members_of(body) for _, body in bodies[t])]
    if whole:
        what = _either(f"{table.member} of struct {table.struct}" for table in whole)
        return InputError(
            f"nothing in {version} installs a callback as {what}, which policy {policy.name} "
            "is about",
            f"it is defined in {bodies[whole[0]][0][0]}; name another table in a policy file",
        )
    defined = [table for table in tables if bodies[table]]
    if defined:
        what = _either(f"struct {table.struct} has a member {table.member}" for table in defined)
        problem = f"in {version} no {what}, which policy {policy.name} is about"
        path, body = bodies[defined[0]][0]
        near = get_close_matches(defined[0].member, members_of(body), n=_SHOWN, cutoff=0.4)
        if near:
            where = f"struct {defined[0].struct} in {path}"
            return InputError(problem, f"near: {_either(near)} of {where}; {_NAME_IT}")
    else:
        what = _either(f"struct {table.struct}" for table in tables)
        problem = f"{version} has no {what}, which policy {policy.name} is about"
    return InputError(problem, _near(tree, tables, grep))


def _near(
    tree: KernelTree,
    tables: Sequence[Table],
    grep: Callable[[Sequence[str]], tuple[str, ...]],
) -> str:
    """Structs that have a member of such a name, or else a name like that."""
    found = [
        f"struct {struct} in {source.path} has {member}"
        for member in sorted({table.member for table in tables})
        for source in _headers_first(tree.sources(grep((member,))))
        for struct in structs_with(source.text, member)
    ]
    if not found:
        names = tree.structs()
        close = get_close_matches(tables[0].struct, sorted(names), n=_SHOWN, cutoff=0.6)
        found = [f"struct {name} in {names[name]}" for name in close]
    shown = _either(dict.fromkeys(found[:_SHOWN]))
    if not shown:
        return f"nothing is near; {_NAME_IT}"
    return f"near: {shown}; {_NAME_IT}"


def _headers_first(sources: Iterable[SourceFile]) -> list[SourceFile]:
    return sorted(sources, key=lambda source: (not source.path.endswith(".h"), source.path))


def _either(things: Iterable[str]) -> str:
    return " or ".join(things)
