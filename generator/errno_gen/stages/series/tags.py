# SPDX-License-Identifier: GPL-2.0-only
"""What a new version has of the last one: which patches changed, which tags they keep.

``git range-diff`` is asked, of commits without the trailers that were added: a tag itself is
no change of its patch.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from errno_gen.stages.series.replies import Replies
from errno_gen.stages.series.versions import Version
from errno_gen.tools.git.githistory import is_ancestor, reworded, tips
from errno_gen.tools.git.rangediff import Pair, range_diff
from errno_gen.tools.git.repository import CommitInfo, Repository
from errno_gen.tools.mail.trailers import REVIEW, Trailer, trailers_of, without


@dataclass(frozen=True, slots=True)
class Patches:
    """Commits on a base, oldest first, and the trailers that their makers were given."""

    base: str
    commits: tuple[CommitInfo, ...]
    given: tuple[Trailer, ...] = ()


@dataclass(frozen=True, slots=True)
class Lost:
    """A tag of the last version that a patch does not get, and why."""

    subject: str
    tag: Trailer
    why: str


@dataclass(frozen=True, slots=True)
class Since:
    """What happened since a version.

    ``old`` are its commits, ``pairs`` and ``shown`` are git's; ``tags`` has those that each
    new patch gets, ``lost`` the others; ``kept`` are tags that changed patches have anyway,
    in their own messages.
    """

    version: Version
    old: tuple[CommitInfo, ...]
    pairs: tuple[Pair, ...]
    shown: str
    tags: tuple[tuple[Trailer, ...], ...]
    lost: tuple[Lost, ...]
    kept: tuple[Lost, ...] = field(default=())


def old_patches(repo: Repository, version: Version) -> Patches:
    """The commits of a version."""
    commits = repo.commits(f"{version.base}..{version.tip}")
    return Patches(version.base, commits, version.given)


def since(
    repo: Repository,
    branch: str,
    version: Version,
    new: Patches,
    replies: Replies | None = None,
) -> Since:
    """Compare new commits with a version of the series, and carry its tags over.

    The tags are those that the version had, those that its commits got when they were
    amended on the branch (as ``b4 trailers -u`` does), and those of ``replies``.
    """
    old = old_patches(repo, version)
    tags = [list(_review(repo, commit)) for commit in old.commits]
    for index, more in enumerate(replies.tags if replies else ()):
        tags[index].extend(more)
    for index, tag in _amended(repo, branch, old, new):
        tags[index].append(tag)
    pairs, shown = _compared(repo, old, new)
    carried: list[tuple[Trailer, ...]] = [() for _ in new.commits]
    lost: list[Lost] = []
    kept: list[Lost] = []
    for pair in pairs:
        if pair.old is None:
            continue
        own = _unique(tags[pair.old])
        subject = old.commits[pair.old].subject
        there = _review(repo, new.commits[pair.new]) if pair.new is not None else ()
        own_words = {tag.same for tag in there}
        if pair.new is not None and pair.same:
            carried[pair.new] = tuple(tag for tag in own if tag.same not in own_words)
            continue
        why = "the patch is gone" if pair.new is None else "the patch changed"
        for tag in own:
            (kept if tag.same in own_words else lost).append(Lost(subject, tag, why))
    return Since(version, old.commits, pairs, shown, tuple(carried), tuple(lost), tuple(kept))


def _compared(repo: Repository, old: Patches, new: Patches) -> tuple[tuple[Pair, ...], str]:
    added = (*old.given, *new.given)
    ends = tuple((one.base, _bare_tip(repo, one, added)) for one in (old, new))
    return range_diff(repo, *ends)


def _bare_tip(repo: Repository, patches: Patches, added: Iterable[Trailer]) -> str:
    """The last of the same commits without tags and added trailers; no branch shows it."""
    gone = {str(trailer) for trailer in added}
    messages = [without(repo, commit.message, REVIEW, gone) for commit in patches.commits]
    return reworded(repo, patches.base, patches.commits, messages)[-1].oid


def _amended(
    repo: Repository, branch: str, old: Patches, new: Patches
) -> Iterable[tuple[int, Trailer]]:
    """The tags of old patches that former tips of the branch have, with their patch's index."""
    present = new.commits[-1].oid
    for tip in tips(repo, branch):
        if tip == present or not is_ancestor(repo, old.base, tip):
            continue
        commits = repo.commits(f"{old.base}..{tip}")
        found = [_review(repo, commit) for commit in commits]
        if not any(found) or any(len(commit.parents) != 1 for commit in commits):
            continue
        pairs, _ = _compared(repo, old, Patches(old.base, commits))
        for pair in pairs:
            if pair.same and pair.old is not None and pair.new is not None:
                for tag in found[pair.new]:
                    yield pair.old, tag


def _review(repo: Repository, commit: CommitInfo) -> tuple[Trailer, ...]:
    if not any(f"{key}:" in commit.message for key in REVIEW):
        return ()
    return tuple(one for one in trailers_of(repo, commit.message) if one.key in REVIEW)


def _unique(tags: Sequence[Trailer]) -> tuple[Trailer, ...]:
    found: dict[tuple[str, str], Trailer] = {}
    for tag in tags:
        found.setdefault(tag.same, tag)
    return tuple(found.values())
