# SPDX-License-Identifier: GPL-2.0-only
"""A branch for people who live in b4: its commits behind a cover letter that b4 tracks.

What a branch has of b4's already stays: the tracking as it is, what a person wrote into the
cover letter, recipients, the tags of patches that did not change. errno-gen brings its own
part of the letter up to date and fills in what is new in a version.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from errno_gen.errors import InputError, ToolError
from errno_gen.stages.series import cover
from errno_gen.stages.series.contents import Part, hanging, parts, sites
from errno_gen.stages.series.record import Record
from errno_gen.stages.series.tags import Lost, Patches, Since, since
from errno_gen.stages.series.versions import Version, remember, versions
from errno_gen.tools import state
from errno_gen.tools.crew import builds
from errno_gen.tools.git import textmerge
from errno_gen.tools.git.githistory import under_cover
from errno_gen.tools.git.repository import CommitInfo, Repository
from errno_gen.tools.mail import b4
from errno_gen.tools.mail.trailers import with_trailers

_KIND = "b4"
_CUT = "\n---\n"
_TRAILER = re.compile(r"[A-Za-z][A-Za-z-]*: \S")
_EMPTY = "EDITME: cover title for "


@dataclass(frozen=True, slots=True)
class Written:
    """What errno-gen wrote into a cover letter: its text, and the lines of what is new."""

    text: str
    news: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """What became of the branch: the version that is sent next, and the tags of its patches."""

    revision: int
    change_id: str
    carried: int
    lost: tuple[Lost, ...]
    notes: tuple[str, ...]


class Preparation:
    """The making of one prep branch: :meth:`place` gives the commits, :meth:`remember` ends it.

    Raises InputError before any work if b4 keeps the cover letter of ``branch`` elsewhere,
    ToolError if b4 is needed and missing or fails.
    """

    def __init__(self, repo: Repository, branch: str, base: str) -> None:
        self._repo = repo
        self._branch = branch
        self._setting = f"branch.{branch}.b4-prep-cover-strategy"
        strategy = _configured(repo, self._setting)
        if strategy not in ("", b4.STRATEGY):
            raise InputError(
                f"b4 keeps the cover letter of {branch} by its strategy '{strategy}', "
                f"and errno-gen knows only '{b4.STRATEGY}'",
                "give another name with --branch",
            )
        self._is_set = bool(strategy)
        self._tip = repo.branch_tip(branch)
        self._former = b4.find_cover(repo, branch, base)
        if self._former is None:
            self._cover = b4.enroll(repo, branch, base)
        else:
            self._cover = b4.cover_in(self._former.message)
        self.revision, self.change_id = self._cover.revision, self._cover.change_id
        self._notes: list[str] = []
        self._written: Written | None = None
        self._version: Version | None = None
        self._since: Since | None = None

    @contextlib.contextmanager
    def told(self) -> Iterator[None]:
        """Tell b4 where the cover letter of the branch is; take it back if the body fails."""
        set_here = not self._is_set
        if set_here:
            self._repo.plumbing("config", "--local", self._setting, b4.STRATEGY)
        try:
            yield
        except BaseException:
            if set_here:
                self._repo.plumbing("config", "--local", "--unset-all", self._setting)
            raise

    def place(self, record: Record, commits: Sequence[CommitInfo]) -> tuple[CommitInfo, ...]:
        """The same commits behind a cover letter, which is not among them. No branch moves.

        Raises ToolError if somebody moved the branch since this began: what it has, such
        as an edited cover letter, would be lost.
        """
        if self._repo.branch_tip(self._branch) != self._tip:
            raise ToolError(f"the branch {self._branch} was moved meanwhile", "run it again")
        series = parts(record, commits)
        self._since = self._state(Patches(record.base, tuple(commits)))
        tags = self._since.tags if self._since else tuple(() for _ in commits)
        messages = [
            with_trailers(self._repo, commit.message, own)
            for commit, own in zip(commits, tags, strict=True)
        ]
        letter = self._letter(record, series)
        message = b4.Cover(letter, self._cover.tracking).message
        first, *made = under_cover(self._repo, record.base, message, commits, messages)
        self._version = Version(
            number=self.revision,
            base=first.oid,
            tip=made[-1].oid,
            cover="",
            ids=(),
            given=(),
            sites=sites(series),
        )
        return tuple(made)

    def remember(self) -> Prepared:
        """Keep what the next version is compared with; what there is to tell of this one."""
        if self._version is not None:
            remember(self._repo, self.change_id, self._version)
        if self._written is not None:
            state.remember(self._repo.common_dir, _KIND, self.change_id, self._written)
        known = self._since
        return Prepared(
            revision=self.revision,
            change_id=self.change_id,
            carried=sum(len(each) for each in known.tags) if known else 0,
            lost=known.lost if known else (),
            notes=tuple(self._notes),
        )

    def _state(self, new: Patches) -> Since | None:
        """What the branch had, compared with the new commits; None if it had nothing."""
        if self._former is None:
            return None
        commits = self._repo.commits(f"{self._former.oid}..{self._tip}")
        if not commits:
            return None
        if any(len(commit.parents) != 1 for commit in commits):
            self._notes.append(
                f"the branch {self._branch} had a merge: the tags of its commits are not kept"
            )
            return None
        old = Version(self.revision, self._former.oid, commits[-1].oid, "", (), (), ())
        return since(self._repo, self._branch, old, new)

    def _letter(self, record: Record, series: Sequence[Part]) -> str:
        common = self._repo.common_dir
        built = builds.known(common, [part.commit.tree for part in series])
        made = cover.letter(record, series, built, None, alone=len(series) == 1)
        # A line that begins with # is a comment to b4.
        text = re.sub("(?m)^#", ">#", f"{made.subject}\n\n{made.body}".strip())
        before = state.recall(common, _KIND, self.change_id, Written)
        head, cut, below = self._cover.letter.partition(_CUT)
        own, trailers = _parted(head)
        news = self._news(Patches(record.base, tuple(p.commit for p in series)), series)
        self._written = Written(text, news)
        whole = [self._merged(own, before, text), trailers]
        if news:
            below = _with_news(below, self.revision, before.news if before else (), news)
        return "\n\n".join(filter(None, whole)) + cut + below

    def _merged(self, own: str, before: Written | None, fresh: str) -> str:
        """The text of the letter: as a person left it, with what is new of ours."""
        if own.startswith(_EMPTY) or (before is not None and own == before.text):
            return fresh
        if before is not None:
            texts = (f"{each.rstrip()}\n" for each in (before.text, own, fresh))
            both = textmerge.merged(*texts)
            if both is not None:
                return both.rstrip()
        if own != fresh:
            kept = self._repo.common_dir / "errno-gen" / _KIND / f"{self.change_id}.txt"
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(f"{fresh}\n".encode("utf-8", "surrogateescape"))
            self._notes.append(
                f"the cover letter stays as you wrote it; what errno-gen would write is in {kept}"
            )
        return own

    def _news(self, new: Patches, series: Sequence[Part]) -> tuple[str, ...]:
        """Lines on what changed since the version that was sent last; () if none is known."""
        last = [one for one in versions(self._repo, self.change_id) if one.number < self.revision]
        if not last:
            return ()
        was = last[-1]
        tagged = b4.sent(self._repo, self.change_id, was.number)
        base, tip = tagged or (was.base, was.tip)
        known = Version(was.number, base, tip, "", (), (), was.sites)
        found = cover.changes(since(self._repo, self._branch, known, new), series)
        return tuple(line for one in found for line in hanging(one, "- ", "  "))


def refuse_without(repo: Repository, branch: str, base: str) -> None:
    """Raise InputError if ``branch`` is a prep branch, which would be none any more."""
    if b4.find_cover(repo, branch, base) is not None:
        raise InputError(
            f"the branch {branch} is a prep branch of b4, whose cover letter would be gone",
            "give --b4 as well, or --branch for another",
        )


def _configured(repo: Repository, key: str) -> str:
    found = repo.plumbing("config", "--default", "", "--get", key, personal=True)
    return found.decode().strip()


def _parted(head: str) -> tuple[str, str]:
    """The text of a letter, and the trailers at its end."""
    text, gap, last = head.rstrip().rpartition("\n\n")
    if gap and all(_TRAILER.match(line) for line in last.splitlines()):
        return text.rstrip(), last
    return head.rstrip(), ""


def _with_news(below: str, revision: int, before: Sequence[str], news: Sequence[str]) -> str:
    """What b4 keeps below the letter, with the lines on a version for b4's EDITME there."""
    lines = below.split("\n")
    title = f"Changes in v{revision}:"
    if title not in lines:
        return below
    start = lines.index(title) + 1
    end = next((n for n in range(start, len(lines)) if not lines[n].strip()), len(lines))
    kept = [one for one in lines[start:end] if one not in before and "EDITME" not in one]
    return "\n".join((*lines[:start], *news, *kept, *lines[end:]))


__all__ = ["Preparation", "Prepared", "refuse_without"]
