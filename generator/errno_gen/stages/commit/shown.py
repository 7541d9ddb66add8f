# SPDX-License-Identifier: GPL-2.0-only
"""The last proof before a branch appears: the diff that a reader will see is the one proven."""

from __future__ import annotations

from collections.abc import Mapping

from unidiff.errors import UnidiffParseError
from unidiff.patch import Hunk, PatchSet

from errno_gen.errors import ProofError


def prove_shown(diff: str, planned: Mapping[str, tuple[bytes, bytes]]) -> None:
    """Compare git's diff of the whole branch with the files as they were proven.

    ``planned`` maps a path to its bytes before and after. Raises ProofError when another
    file differs, one is missing, or a hunk shows lines that were not proven.
    """
    try:
        patch = PatchSet(diff)
    except UnidiffParseError as error:
        raise ProofError(f"git's diff of the branch cannot be read: {error}") from error
    shown = {file.path for file in patch}
    if shown != set(planned):
        odd = ", ".join(sorted(shown ^ set(planned)))
        raise ProofError(f"the branch does not change what was planned: {odd}")
    for file in patch:
        before, after = (_lines(text) for text in planned[file.path])
        for hunk in file:
            old = before[hunk.source_start - 1 :][: hunk.source_length]
            new = after[hunk.target_start - 1 :][: hunk.target_length]
            if _side(hunk, "+") != old or _side(hunk, "-") != new:
                raise ProofError(f"{file.path}: git shows lines that were not proven")


def _lines(text: bytes) -> list[str]:
    return text.decode("utf-8", errors="surrogateescape").split("\n")


def _side(hunk: Hunk, other: str) -> list[str]:
    """The lines of one side of a hunk: all but those of the other and git's remarks."""
    return [
        str(line.value).removesuffix("\n") for line in hunk if line.line_type not in (other, "\\")
    ]
