# SPDX-License-Identifier: GPL-2.0-only
"""Find every callback that an ops table of one of the policy's structs installs, tree-wide."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from errno_gen.analysis.apis import kernel_apis
from errno_gen.analysis.c.program import Program, load_program
from errno_gen.analysis.c.text.definitions import struct_bodies, structs_around
from errno_gen.analysis.flow.tables import Installed, installed, out_of_sight, unread
from errno_gen.model import Callback, Driver, Failure, SourceFile
from errno_gen.policy import Policy
from errno_gen.policytables import Roles, Table
from errno_gen.tools.kernel.tree import KernelTree

_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Discovery:
    """The drivers with callbacks, in the order of their names, and what went wrong."""

    drivers: tuple[Driver, ...]
    callbacks: tuple[Callback, ...]
    failures: tuple[Failure, ...]


@dataclass(frozen=True, slots=True)
class Candidates:
    """The files that may hold an ops table, and the drivers that these belong to, by name.

    ``roles`` are those of the policy, within the tables that the tree may have.
    """

    paths: tuple[str, ...]
    drivers: tuple[Driver, ...]
    roles: Roles


Grep = Callable[[Sequence[str]], tuple[str, ...]]
"""Gives the files that hold all of some words, sorted."""

Assigning = Callable[[str], tuple[str, ...]]
"""Gives the files that assign to a member of that name, sorted."""


def discover(
    tree: KernelTree, policy: Policy, only: Sequence[str] = (), *, grep: Grep | None = None
) -> Discovery:
    """All callbacks of the tree; ``only`` restricts the answer to drivers of these names.

    ``grep`` finds the files that hold some words (default: ``tree.grep``, anew each time).
    """
    found = candidates(tree, policy, grep=grep)
    chosen = (driver for driver in found.drivers if not only or driver.name in only)
    return together(
        discover_in(tree, found.roles, driver, found.paths, grep=grep) for driver in chosen
    )


def candidates(
    tree: KernelTree,
    policy: Policy,
    *,
    grep: Grep | None = None,
    assigning: Assigning | None = None,
) -> Candidates:
    """The drivers that may have a callback.

    Their files hold both words, a struct (or one that headers put around it) and its member,
    or assign to a member of that name where a header may tell that it is the struct's; syntax
    decides then.
    """
    grep = grep or tree.grep
    roles = roles_in(tree, policy.roles, grep)
    paths = {path for table in roles.tables for path in _naming(tree, table, grep)}
    for member in sorted({table.member for table in roles.tables}):
        for path in (assigning or tree.assigning)(member):
            if path not in paths and _may_install(tree, path, roles, grep):
                paths.add(path)
    ordered = tuple(sorted(paths))
    return Candidates(ordered, tree.drivers_of(ordered), roles)


def _naming(tree: KernelTree, table: Table, grep: Grep) -> Iterator[str]:
    """The files that name a table's struct, or one that headers put around it, and its member."""
    word = re.compile(rb"\b%s\b" % table.member.encode())
    around: dict[str, None] = {}
    for source in tree.sources(grep((table.struct,))):
        if word.search(source.text):
            yield source.path
        if source.path.endswith(".h"):
            around.update(dict.fromkeys(structs_around(source.text, table.struct)))
    for struct in around:
        yield from grep((struct, table.member))


def roles_in(tree: KernelTree, roles: Roles, grep: Grep) -> Roles:
    """The roles within the tables that the tree may have, if its headers show one of them.

    Without one they stay as they are.
    """
    if not roles.others:
        return roles
    headers: dict[str, SourceFile] = {}
    known: dict[Table, bool | None] = {}
    for table in roles.tables:
        known[table] = _has_member(headers.values(), table)
        if known[table] is None:
            paths = grep((table.struct,))
            fresh = tree.sources(path for path in paths if path.endswith(".h"))
            headers.update((source.path, source) for source in fresh)
            known[table] = _has_member(headers.values(), table) if paths else False
    if True not in known.values():
        return roles
    return roles.within([table for table in roles.tables if known[table] is not False])


def _has_member(sources: Iterable[SourceFile], table: Table) -> bool | None:
    """Whether the struct, as it is defined there, has the member; None if it is not."""
    word = re.compile(rb"\b%s\b" % table.member.encode())
    bodies = [body for source in sources for body in struct_bodies(source.text, table.struct)]
    return any(word.search(body) for body in bodies) if bodies else None


def _may_install(tree: KernelTree, path: str, roles: Roles, grep: Grep) -> bool:
    """Whether a file that does not name the struct may still install a callback."""
    program = Program(tree.sources((path, *tree.headers_of(path))), kernel_apis())
    if installed(program, path, roles):
        return True
    if not unread(program, path, roles):
        return False
    program = _with_definitions(tree, program, path, roles, grep)
    return bool(installed(program, path, roles) or unread(program, path, roles))


def discover_in(
    tree: KernelTree,
    roles: Roles,
    driver: Driver,
    paths: Collection[str],
    *,
    grep: Grep | None = None,
) -> Discovery:
    """The callbacks that tables in those files of a driver that are among ``paths`` install.

    The driver is part of the answer if it has one. A callback whose definition is not in
    the driver becomes a Failure, and so does a table of unknown type.
    """
    callbacks: dict[tuple[str, str], Callback] = {}
    failures: list[Failure] = []
    # The same files as the analysis reads, so that they are indexed once.
    program = load_program(tree.sources((*driver.files, *tree.companions(driver))))
    # A table that a macro makes has its words where the macro is defined.
    for path in (path for path in driver.files if path in paths or program.tables(path)):
        seeing = program
        if path in paths:
            seeing = _with_definitions(tree, program, path, roles, grep or tree.grep)
        for entry in installed(seeing, path, roles):
            callback = _resolve(program, path, entry, driver)
            if callback is None:
                text = f"{path}:{entry.line}: no definition of {entry.function}() in the driver"
                failures.append(Failure("discover", driver.name, text))
                continue
            callbacks.setdefault((callback.file, callback.function), callback)
        for line in unread(seeing, path, roles) if path in paths else ():
            members = " or ".join(sorted({f".{table.member}" for table in roles.tables}))
            text = f"{path}:{line}: cannot tell of which struct {members} is set here"
            failures.append(Failure("discover", driver.name, text))
    return Discovery(
        drivers=(driver,) if callbacks else (),
        callbacks=tuple(callbacks[key] for key in sorted(callbacks)),
        failures=tuple(failures),
    )


def together(parts: Iterable[Discovery]) -> Discovery:
    """What was found in several drivers, which come in the order of their names."""
    parts = tuple(parts)
    return Discovery(
        drivers=tuple(driver for part in parts for driver in part.drivers),
        callbacks=tuple(callback for part in parts for callback in part.callbacks),
        failures=tuple(failure for part in parts for failure in part.failures),
    )


def _with_definitions(
    tree: KernelTree, program: Program, path: str, roles: Roles, grep: Grep
) -> Program:
    """The program with those headers of the tree that tell of which struct a table is."""
    asked: set[str] = set()
    for _ in range(_ROUNDS):  # a struct may hold another one, of another header
        wanted = out_of_sight(program, path, roles) - asked
        if not wanted:
            break
        asked |= wanted
        headers = [
            source
            for struct in sorted(wanted)
            for source in tree.sources(p for p in grep((struct,)) if p.endswith(".h"))
            if source.path not in program.files and any(struct_bodies(source.text, struct))
        ]
        if headers:
            program = Program((*program.files.values(), *headers), kernel_apis())
    return program


def _resolve(program: Program, path: str, entry: Installed, driver: Driver) -> Callback | None:
    bodies = program.resolve(entry.function, path)
    if not bodies or bodies[0].macro:
        return None
    body = bodies[0]
    return Callback(
        driver.name, body.name, body.path, body.line, entry.member, entry.ops, entry.fixed_domain
    )
