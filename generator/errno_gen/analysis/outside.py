# SPDX-License-Identifier: GPL-2.0-only
"""Kernel functions on the attach path whose own errnos pass through unchanged."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from errno_gen.analysis.path import Frame
from errno_gen.analysis.program import Program
from errno_gen.analysis.prose import quoted
from errno_gen.analysis.sites import SourceFinder
from errno_gen.analysis.summaries import Chain, Summaries
from errno_gen.model import Cause, Site, Step, Verdict


def passed_through(
    program: Program,
    finder: SourceFinder,
    summaries: Summaries,
    frames: tuple[Frame, ...],
    errnos: Collection[str],
) -> Iterator[Verdict]:
    """A verdict for each of ``errnos`` that the last call of a chain may return.

    The callee is outside the driver, and every caller on the chain hands the errno on.
    ``driver`` and ``callbacks`` of the verdict are left for the caller to fill.
    """
    last = frames[-1]
    assert last.call is not None
    function = last.context.function
    names = program.called_names(last.call.node, function, last.call.block)
    for errno in sorted(errnos):
        leaves = all(
            frame.call is not None and finder.can_leave(frame.context.function, frame.call, errno)
            for frame in frames
        )
        for name in names if leaves else ():
            chain = summaries.witness(name, errno, function.path)
            if chain is not None:
                yield _verdict(frames, name, chain)


def _verdict(frames: tuple[Frame, ...], name: str, chain: Chain) -> Verdict:
    last = frames[-1]
    assert last.call is not None
    location = last.context.function.location(last.call.node)
    end = chain.steps[-1]
    text = (
        f"{quoted(f'{name}()')} may return {chain.errno}: {end.function}() makes it at {end.file}."
    )
    steps = [
        Step(
            frame.context.function.name,
            frame.context.function.path,
            frame.context.function.line_of(frame.call.node),
        )
        for frame in frames
        if frame.call is not None
    ]
    return Verdict(
        driver="",
        callbacks=(),
        site=Site(last.context.function.name, location, chain.errno, "call", location),
        guard=(),
        origins=(f"{name}(): a function outside the driver",),
        chain=(*steps, *chain.steps),
        cause=Cause.KAPI,
        rule="kernel function",
        because=(text,),
    )
