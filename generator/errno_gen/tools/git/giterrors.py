# SPDX-License-Identifier: GPL-2.0-only
"""What a failed git command means, in one line for a person."""

from __future__ import annotations

import re
import shlex
import signal
from collections.abc import Sequence
from pathlib import Path

from errno_gen.errors import InputError, ToolError

_FULL = re.compile("No space left on device|Disk quota exceeded|File too large")
_UNWRITABLE = re.compile(
    f"{_FULL.pattern}|Read-only file system|Permission denied|"
    "[Ii]nsufficient permission|Input/output error"
)
_UNSIGNED = re.compile("gpg failed|failed to sign|sign(ing)? .*key")
_TRUST = "git config --global --add safe.directory"


def not_opened(path: Path, told: str) -> InputError:
    """Why git cannot open the repository of a folder, from what it told."""
    if "dubious ownership" in told:
        trust = f"{_TRUST} {shlex.quote(str(path.resolve()))}"
        return InputError(f"{path} belongs to somebody else", f"if you trust it: {trust}")
    if "not a git repository" in told:
        hint = "give a kernel's git repository with --tree"
        return InputError(f"{path} is not a git repository", hint)
    return InputError(f"git cannot open {path}: {last_line(told)}")


def failed(place: Path, argv: Sequence[str], status: int, told: str, writes: str) -> ToolError:
    """A command that ended with ``status``; ``writes`` is what it writes to, or ""."""
    reason = _UNWRITABLE.search(told)
    if writes and reason:
        return unwritable(writes, reason.group(), argv)
    if writes and status == -signal.SIGXFSZ:
        return unwritable(writes, "File too large", argv)
    name = argv[1] if len(argv) > 1 else "git"
    what, hint = f"git {name} failed in {place} (exit {status})", ""
    if name == "commit-tree" and _UNSIGNED.search(told):
        what = "git cannot sign the commits"
        hint = "see to the signing key, or switch commit.gpgSign off; no branch was made or moved"
    elif name == "update-ref":
        what, hint = "git cannot move the branch", "it stays where it was"
    return ToolError(f"{what}: {last_line(told)}", hint, argv=tuple(argv), log=told)


def unwritable(what: str, reason: str, argv: Sequence[str]) -> ToolError:
    """A full disk, a limit or a missing right: ``what`` could not be written."""
    remedy = "make room there" if _FULL.search(reason) else "get the right to write there"
    told = f"cannot write {what}: {reason}"
    hint = f"no branch was made or moved; {remedy} and run it again"
    return ToolError(told, hint, argv=tuple(argv))


def last_line(told: str) -> str:
    """The line that names the failure: git's last ``fatal:`` or ``error:``, or any last."""
    lines = told.strip().splitlines() or ["it said nothing"]
    named = [line for line in lines if line.startswith(("fatal:", "error:"))]
    return (named or lines)[-1]
