# SPDX-License-Identifier: GPL-2.0-only
"""Carry out the verdicts of one driver: plan, Coccinelle, tidy up, prove."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from errno_gen.analysis.apis import kernel_apis
from errno_gen.analysis.c.text.layout import enclosing_brace, unbrace
from errno_gen.analysis.c.versions import touched
from errno_gen.analysis.edits.cutouts import (
    DEBUG,
    DROP,
    ERRNO,
    KAPI,
    PROPAGATE,
    SPLIT,
    Cutout,
    cut,
    merge,
    splice,
)
from errno_gen.analysis.edits.plan import plan
from errno_gen.analysis.edits.proof import prove
from errno_gen.errors import ProofError, ToolError
from errno_gen.model import (
    TO_CHANGE,
    Action,
    Callback,
    Driver,
    DriverPatch,
    Edit,
    FileChange,
    SourceFile,
    Verdict,
)
from errno_gen.resources import share_dir
from errno_gen.stages.rewrite.steps import in_steps
from errno_gen.tools import spatch

__all__ = ["edited_functions", "left_alone", "rewrite"]

# Messages first: an errno beside one is then changed in the shorter branch.
_RULES = {
    DROP: "drop-print.cocci",
    DEBUG: "debug-print.cocci",
    ERRNO: "errno.cocci",
    PROPAGATE: "propagate.cocci",
    SPLIT: "split.cocci",
    KAPI: "kapi.cocci",
}


class _Allowed:
    """The seconds for all of Coccinelle's work on one driver, from now on."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._deadline = time.monotonic() + seconds

    def left(self) -> float:
        """Those that are left; raises ToolError if there are none."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise ToolError(f"spatch took longer than {self._seconds:g} s and was stopped")
        return left


def rewrite(
    driver: Driver,
    callbacks: Sequence[Callback],
    verdicts: Sequence[Verdict],
    sources: Mapping[str, SourceFile],
    *,
    scratch: Path,
    timeout: float,
    steps: bool = False,
) -> DriverPatch | None:
    """The proven rewrite of one driver, or None when no verdict asks for a change.

    ``verdicts`` and ``callbacks`` of other drivers are ignored; ``sources`` maps paths to the
    files that verdicts name; ``scratch`` is an existing folder; ``timeout`` is in seconds for
    all of Coccinelle's work. The patch holds the verdicts as they were served: what could
    not be done has the action ``review`` and says why. If nothing could be done, the patch
    has no ``changes``. With ``steps`` it has the portions in which it can be committed.

    Raises SourceError when the source does not fit the verdicts or Coccinelle cannot parse
    a function, ProofError when the result is not what was planned, ToolError when spatch is
    missing, fails or is over its time.
    """
    own = tuple(verdict for verdict in verdicts if verdict.driver == driver.name)
    behind = tuple(each for each in callbacks if each.driver == driver.name)

    allowed = _Allowed(timeout)

    def rewritten(chosen: tuple[Verdict, ...]) -> DriverPatch | None:
        return _rewritten(driver, behind, chosen, sources, scratch, allowed)

    whole = rewritten(own)
    return in_steps(own, whole, rewritten) if steps and whole and whole.changes else whole


def _rewritten(
    driver: Driver,
    callbacks: tuple[Callback, ...],
    own: tuple[Verdict, ...],
    sources: Mapping[str, SourceFile],
    scratch: Path,
    allowed: _Allowed,
) -> DriverPatch | None:
    planned = plan(own, sources, kernel_apis())
    if planned.verdicts == own and not planned.edits:
        return None
    annotations = kernel_apis().annotations
    paths = {edit.location.file for edit in planned.edits}
    named = [sources[path] for path in sorted(paths)]
    cutouts = cut(named, planned.edits, annotations)
    fresh = _transformed(cutouts, scratch, allowed)
    tidied = [_tidy(each, merge(each, text)) for each, text in zip(cutouts, fresh, strict=True)]
    changes = []
    for source in named:
        pairs = [
            (each, text)
            for each, text in zip(cutouts, tidied, strict=True)
            if each.path == source.path
        ]
        edits = [edit for edit in planned.edits if edit.location.file == source.path]
        changes.append(_proven(source, splice(source.text, pairs), edits))
    return DriverPatch(
        driver=driver,
        callbacks=callbacks,
        changes=tuple(changes),
        edits=planned.edits,
        verdicts=planned.verdicts,
    )


def left_alone(asked: Iterable[Verdict], patches: Iterable[DriverPatch]) -> tuple[Verdict, ...]:
    """The verdicts that asked for a change and were not served, as the patches have them."""
    sites = {(v.driver, v.site) for v in asked if v.action in TO_CHANGE}
    served = (verdict for patch in patches for verdict in patch.verdicts)
    return tuple(v for v in served if v.action is Action.REVIEW and (v.driver, v.site) in sites)


def _transformed(cutouts: Sequence[Cutout], scratch: Path, allowed: _Allowed) -> list[bytes]:
    """The marked functions after the semantic patches, which then have nothing left to do."""
    names = [f"f{number}.c" for number in range(len(cutouts))]
    texts = {name: each.marked() for name, each in zip(names, cutouts, strict=True)}
    macros = {macro for each in cutouts for macro in each.block_macros()}
    defines = "".join(f"#define {name}(x...) YACFE_ITERATOR\n" for name in sorted(macros))
    kinds = {edit.kind for each in cutouts for edit in each.edits}

    def run(files: dict[str, bytes]) -> dict[str, bytes]:
        for kind, rule in _RULES.items():
            if kind not in kinds:
                continue
            files = spatch.rewrite(
                share_dir("cocci") / rule,
                files,
                scratch=scratch,
                timeout=allowed.left(),
                macros=defines.encode(),
            )
        return files

    done = run(texts)
    if run(dict(done)) != done:
        raise ProofError(f"{cutouts[0].path}: a second run of the semantic patches changes more")
    return [done[name] for name in names]


def edited_functions(files: Iterable[tuple[SourceFile, SourceFile]]) -> tuple[str, ...]:
    """The functions whose text differs between files before and after, by name."""
    names = (name for before, after in files for name in touched(before, after).functions)
    return tuple(sorted(names))


def _tidy(cutout: Cutout, text: bytes) -> bytes:
    """The function without braces that only a dropped message had made necessary."""
    blocks = {
        enclosing_brace(cutout.text, cutout.span(edit)[0])
        for edit in cutout.edits
        if edit.kind == DROP
    }
    old = (block for block in blocks if block is not None)
    known = sorted(block + cutout.opened_before(block) for block in old)
    return unbrace(text, known, kernel_apis().annotations)


def _proven(source: SourceFile, after: bytes, edits: Sequence[Edit]) -> FileChange:
    prove(source.path, source.text, after, edits)
    return FileChange(source.path, source.blob, source.text, after)
