# SPDX-License-Identifier: GPL-2.0-only
"""Find every callback that an ops table of the policy's struct installs, tree-wide."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from errno_gen.analysis.c.program import Program, load_program
from errno_gen.analysis.flow.tables import Installed, installed, unread
from errno_gen.model import Callback, Driver, Failure
from errno_gen.policy import Policy
from errno_gen.tools.kernel.tree import KernelTree


@dataclass(frozen=True, slots=True)
class Discovery:
    """The drivers with callbacks, in the order of their names, and what went wrong."""

    drivers: tuple[Driver, ...]
    callbacks: tuple[Callback, ...]
    failures: tuple[Failure, ...]


@dataclass(frozen=True, slots=True)
class Candidates:
    """The files that may hold an ops table, and the drivers that these belong to, by name."""

    paths: tuple[str, ...]
    drivers: tuple[Driver, ...]


Grep = Callable[[Sequence[str]], tuple[str, ...]]
"""Gives the files that hold all of some words, sorted."""


def discover(
    tree: KernelTree, policy: Policy, only: Sequence[str] = (), *, grep: Grep | None = None
) -> Discovery:
    """All callbacks of the tree; ``only`` restricts the answer to drivers of these names.

    ``grep`` finds the files that hold some words (default: ``tree.grep``, anew each time).
    """
    found = candidates(tree, policy, grep=grep)
    chosen = (driver for driver in found.drivers if not only or driver.name in only)
    return together(discover_in(tree, policy, driver, found.paths) for driver in chosen)


def candidates(tree: KernelTree, policy: Policy, *, grep: Grep | None = None) -> Candidates:
    """The drivers that may have a callback.

    Their files hold both words, the struct and its member; syntax decides then.
    """
    roles = policy.roles
    paths = (grep or tree.grep)((roles.struct, roles.member))
    return Candidates(paths, tree.drivers_of(paths))


def discover_in(
    tree: KernelTree, policy: Policy, driver: Driver, paths: Collection[str]
) -> Discovery:
    """The callbacks that tables in those files of a driver that are among ``paths`` install.

    The driver is part of the answer if it has one. A callback whose definition is not in
    the driver becomes a Failure, and so does a table of unknown type.
    """
    roles = policy.roles
    callbacks: dict[tuple[str, str], Callback] = {}
    failures: list[Failure] = []
    # The same files as the analysis reads, so that they are indexed once.
    program = load_program(tree.sources((*driver.files, *tree.companions(driver))))
    # A table that a macro makes has its words where the macro is defined.
    for path in (path for path in driver.files if path in paths or program.tables(path)):
        for entry in installed(program, path, roles):
            callback = _resolve(program, path, entry, driver, roles.member)
            if callback is None:
                text = f"{path}:{entry.line}: no definition of {entry.function}() in the driver"
                failures.append(Failure("discover", driver.name, text))
                continue
            callbacks.setdefault((callback.file, callback.function), callback)
        for line in unread(program, path, roles) if path in paths else ():
            text = f"{path}:{line}: cannot tell of which struct .{roles.member} is set here"
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


def _resolve(
    program: Program, path: str, entry: Installed, driver: Driver, member: str
) -> Callback | None:
    bodies = program.resolve(entry.function, path)
    if not bodies or bodies[0].macro:
        return None
    body = bodies[0]
    return Callback(
        driver.name, body.name, body.path, body.line, member, entry.ops, entry.fixed_domain
    )
