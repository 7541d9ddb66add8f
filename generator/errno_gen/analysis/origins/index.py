# SPDX-License-Identifier: GPL-2.0-only
"""The index of one driver: its program, and what is asked of it again and again.

It is made once and handed to every step after it. What it holds answers on demand and
remembers its answers; none of it knows a step.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from errno_gen.analysis.c.program import Function, Program, load_program
from errno_gen.analysis.c.unparsed import Defined
from errno_gen.analysis.flow.kinds import Kinds, OutsideKind
from errno_gen.analysis.flow.sites import SourceFinder
from errno_gen.analysis.origins.hardware import counted_members, hardware_types
from errno_gen.analysis.origins.lifetimes import Lifetimes
from errno_gen.analysis.origins.origins import Origins
from errno_gen.analysis.origins.roots import Outside
from errno_gen.model import SourceFile
from errno_gen.policytables import Parameter


@dataclass(frozen=True, slots=True)
class Index:
    """The program of a driver, with the sources, origins and kinds of its functions.

    ``domain_types`` are the names of the structs that are a domain or hold one, and
    ``kind_member`` the member that tells a domain's kind, "" where there is none;
    ``lifetimes`` tell who gives members their values.
    """

    program: Program
    sources: SourceFinder
    origins: Origins
    kinds: Kinds
    domain_types: frozenset[str]
    kind_member: str
    lifetimes: Lifetimes


def index_of(
    files: Sequence[SourceFile],
    domain: Parameter,
    device: str,
    outside: OutsideKind | None = None,
    behaviours: Outside | None = None,
    defined: Defined | None = None,
    callbacks: Iterable[tuple[str, str]] = (),
) -> Index:
    """The index of a driver's files; ``device`` is the struct of the device.

    ``callbacks`` are the names and files of the functions where the attach path begins.

    Of functions that are not in them ``outside`` tells the kind of their value, and
    ``behaviours`` what they make of their arguments and ``defined`` whether any file has them.
    """
    program = load_program(tuple(files))
    leaves = behaviours.leaves if behaviours is not None else None
    sources = SourceFinder(program, defined, leaves)
    types = program.domain_types(domain.type)
    hardware = hardware_types(program, types, device)
    starts = tuple(callbacks)

    def allocates(name: str, function: Function) -> bool:
        return origins.allocates(name, function)

    lifetimes = Lifetimes(program, allocates, starts)
    counted = counted_members(program, lifetimes.attaching if starts else None)
    origins = Origins(program, types, behaviours, hardware, counted, domain=domain.type)
    return Index(
        program,
        sources,
        origins,
        Kinds(program, sources, outside),
        types,
        domain.kind,
        lifetimes,
    )
