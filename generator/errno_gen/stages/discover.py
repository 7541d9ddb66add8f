# SPDX-License-Identifier: GPL-2.0-only
"""Find every callback that an ops table of the policy's struct installs, tree-wide."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from errno_gen.analysis.program import Program, load_program
from errno_gen.analysis.tables import Installed, installed
from errno_gen.model import Callback, Driver, Failure
from errno_gen.policy import Policy
from errno_gen.tools.kernel import KernelTree


@dataclass(frozen=True, slots=True)
class Discovery:
    """The drivers with callbacks, in the order of their names, and what went wrong."""

    drivers: tuple[Driver, ...]
    callbacks: tuple[Callback, ...]
    failures: tuple[Failure, ...]


def discover(
    tree: KernelTree,
    policy: Policy,
    only: Sequence[str] = (),
    *,
    grep: Callable[[Sequence[str]], tuple[str, ...]] | None = None,
) -> Discovery:
    """All callbacks of the tree.

    Files that hold both words, the struct and its member, are found by ``git grep`` on
    the revision; syntax decides then. ``only`` restricts the answer to drivers of these
    names; ``grep`` finds the files that hold some words (default: ``tree.grep``, anew each
    time). A callback whose definition is not in its driver becomes a Failure.
    """
    roles = policy.roles
    drivers: dict[str, Driver] = {}
    callbacks: dict[tuple[str, str, str], Callback] = {}
    failures: list[Failure] = []
    paths = (grep or tree.grep)((roles.struct, roles.member))
    for driver in tree.drivers_of(paths):
        if only and driver.name not in only:
            continue
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
                drivers[driver.name] = driver
                callbacks.setdefault((driver.name, callback.file, callback.function), callback)
    return Discovery(
        drivers=tuple(drivers[name] for name in sorted(drivers)),
        callbacks=tuple(callbacks[key] for key in sorted(callbacks)),
        failures=tuple(failures),
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
