# SPDX-License-Identifier: GPL-2.0-only
"""The subject line of a commit: where, and what in the imperative mood."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from errno_gen.model import MESSAGES_ONLY, Action, Cause, DriverPatch, Verdict
from errno_gen.policy import Policy
from errno_gen.policytables import PROPAGATE
from errno_gen.tools.render import WIDTH

_ROOTS = ("arch", "drivers")
# Stems that name a part of a driver: its folder says more.
_GENERIC = re.compile(
    "base|common|core|dev|device|domain|driver|drv|init|kernel|lib|main|module|ops|pci|"
    "platform|probe"
)
_WHEN = {
    Cause.INCOMPATIBLE: "for an incompatible domain",
    Cause.DEVICE: "if the device cannot be attached",
    Cause.BUSY: "if the device is busy",
    Cause.NOMEM: "if memory runs out",
    Cause.NOSPC: "if resources run out",
    Cause.SWALLOWED: "if a callee fails",
    Cause.KAPI: "if a kernel function fails",
}

# Another domain would meet the same.
_NO_DOMAIN = frozenset((Cause.DEVICE, Cause.BUSY, Cause.NOMEM, Cause.NOSPC))


def subject_line(patch: DriverPatch, policy: Policy, prefix: str = "") -> str:
    """``<prefix>: <what the patch does>`` in at most 75 columns, on one line.

    Without a ``prefix`` it is made from the paths of the driver's files.
    """
    sources = [path for path in patch.driver.files if path.endswith(".c")]
    prefix = prefix or subject_prefix(sources)
    return _fitting(prefix, (*_wordings(patch.verdicts, policy), "Fix errnos"))


def tree_wide_subject(
    patches: Sequence[DriverPatch], policy: Policy, prefixes: Sequence[str]
) -> str:
    """The subject of a commit to several drivers, below what their ``prefixes`` begin with."""
    parts = [prefix.partition(":")[0].split("/") for prefix in prefixes]
    shared = posixpath.commonprefix(parts)
    verdicts = tuple(v for patch in patches for v in patch.verdicts)
    return _fitting("/".join(shared) or "treewide", (*_wordings(verdicts, policy), "Fix errnos"))


def _fitting(prefix: str, wordings: Sequence[str]) -> str:
    for wording in wordings:
        line = f"{prefix}: {wording}"
        if len(line) <= WIDTH:
            return line
    # Only a name beyond all reason gets here. What comes first in it says most.
    return f"{prefix[: WIDTH - len(wordings[-1]) - 2]}: {wordings[-1]}"


def subject_prefix(paths: Sequence[str]) -> str:
    """``<subsystem>/<driver>`` for the C files of one driver, from their paths alone.

    The subsystem is the folder below ``drivers`` or ``arch``. The driver is what the
    files' names begin with in common, without the subsystem's own name as an affix, or
    their folder where that tells nothing (``main.c``, ``core.c``).
    """
    folder = posixpath.commonpath([posixpath.dirname(path) for path in paths]) if paths else ""
    parts = [part for part in folder.split("/") if part]
    below = parts[1:] if parts[:1] and parts[0] in _ROOTS else parts
    if not below:
        return parts[0] if parts else "treewide"
    subsystem = below[0]
    stems = [posixpath.splitext(posixpath.basename(path))[0] for path in paths]
    name = _without_affix(_common(stems), subsystem)
    if not name or _GENERIC.fullmatch(name):
        name = _without_affix(below[-1], subsystem)
    return f"{subsystem}/{name}" if name else subsystem


def _common(stems: Sequence[str]) -> str:
    """The whole words that all stems begin with."""
    shortest = min(stems, key=len)
    ends = [match.start() for match in re.finditer(r"[-_.]|$", shortest)]
    for end in reversed(ends):
        start = shortest[:end]
        if all(re.match(rf"{re.escape(start)}(?![^-_.])", stem) for stem in stems):
            return start
    return ""


def _without_affix(name: str, affix: str) -> str:
    """``omap-iommu`` -> ``omap``; also from the front and from the middle."""
    words = re.split(r"[-_]", name)
    separator = "-" if "-" in name else "_"
    return separator.join(word for word in words if word and word != affix)


def _wordings(verdicts: Sequence[Verdict], policy: Policy) -> Iterator[str]:
    """What the patch does, in the imperative mood: the most telling wording first."""
    rewritten = [v for v in verdicts if v.action is Action.REWRITE]
    kinds = {(v.cause, str(v.wanted)) for v in rewritten}
    member = policy.roles.member
    if not kinds:
        yield from _quieting(verdicts, member)
        return
    if {cause for cause, _ in kinds} == {Cause.KAPI}:
        yield from _converting(rewritten)
    if len(kinds) == 1:
        ((cause, wanted),) = kinds
        if wanted == PROPAGATE:
            yield "Return the errno of a failed callee"
        else:
            yield f"Return {wanted} {_WHEN.get(cause, f'from {member}')}"
            yield f"Return {wanted}"
    reserved = policy.causes.get(Cause.INCOMPATIBLE, "")
    if any(v.site.errno == reserved for v in rewritten) and _is_settled(verdicts, reserved):
        yield f"Return {reserved} only for an incompatible domain"
    if {cause for cause, _ in kinds} == {Cause.INCOMPATIBLE, Cause.DEVICE}:
        yield "Tell an incompatible domain from an unusable device"
    if any(cause is Cause.INCOMPATIBLE for cause, _ in kinds):
        yield "Tell an incompatible domain from other errors"
    old = {v.site.errno for v in rewritten}
    if old == {reserved} and {cause for cause, _ in kinds} <= _NO_DOMAIN:
        yield f"Do not return {reserved} where no domain would fit"
    yield f"Return errnos that tell why {member} fails"
    yield f"Fix the errnos of {member}"


def _quieting(verdicts: Sequence[Verdict], member: str) -> Iterator[str]:
    """What a patch does that changes messages, and no more."""
    causes = {v.cause for v in verdicts if v.action in MESSAGES_ONLY}
    quieter = all(v.action is not Action.DROP_PRINT for v in verdicts)
    if causes == {Cause.INCOMPATIBLE}:
        yield f"{'Only debug-log' if quieter else 'Do not log'} an incompatible domain"
    what = "Turn down" if quieter else "Drop"
    yield f"{what} messages from {member}"
    yield f"{what} messages"


def _converting(rewritten: Sequence[Verdict]) -> Iterator[str]:
    """What a patch does that converts errnos of kernel functions, and no more."""
    errnos = " and ".join(sorted({verdict.site.errno for verdict in rewritten}))
    callees = {verdict.callee for verdict in rewritten}
    if len(callees) == 1:
        yield f"Do not pass on {errnos} from {callees.pop()}()"
    yield f"Do not pass on {errnos} from kernel functions"


def _is_settled(verdicts: Sequence[Verdict], reserved: str) -> bool:
    """Whether no other cause keeps the errno, so that "only" is true."""
    return all(
        v.site.errno != reserved or v.cause is Cause.INCOMPATIBLE or v.action is Action.REWRITE
        for v in verdicts
    )
