# SPDX-License-Identifier: GPL-2.0-only
"""Make a branch into mails that a maintainer would take: patches, cover letter, recipients.

The branch stays where it is. Trailers that the mails have on top are in commits of their
own, which are kept as this version of the series.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from errno_gen.errors import InputError
from errno_gen.stages.series import cover, recipients
from errno_gen.stages.series.contents import Part, parts, sites
from errno_gen.stages.series.recipients import Addressed, Wishes
from errno_gen.stages.series.record import Record, recall
from errno_gen.stages.series.replies import Replies, read_replies
from errno_gen.stages.series.tags import Lost, Patches, Since, old_patches, since
from errno_gen.stages.series.versions import Version, remember, versions
from errno_gen.tools.crew import builds
from errno_gen.tools.git.githistory import reworded
from errno_gen.tools.git.repository import CommitInfo, Repository
from errno_gen.tools.kernel.scripts import CHECKPATCH, MAINTAINERS, Scripts
from errno_gen.tools.mail import b4
from errno_gen.tools.mail import message as mail
from errno_gen.tools.mail.checkpatch import Finding, check
from errno_gen.tools.mail.formatpatch import Form, format_patches
from errno_gen.tools.mail.maintainers import Recipient
from errno_gen.tools.mail.outfolder import check_folder, write_folder
from errno_gen.tools.mail.trailers import Trailer, trailers_of, with_trailers
from errno_gen.tools.objects.objecttext import patch_note
from errno_gen.tools.pool import Progress

__all__ = ["Made", "Mail", "SeriesOptions", "make"]

_OURS = re.compile(r"(v\d+-)?\d{4}-.*\.patch")


@dataclass(frozen=True, slots=True)
class SeriesOptions:
    """How to make a series.

    ``cover`` is None for a cover letter where there is more than one patch; ``given`` are
    trailers for all patches, None for those of the last version; ``mailbox`` has the replies
    to it; ``maintainers`` and ``checkpatch`` tell whether the tree's scripts are asked;
    ``objects`` whether a patch says below its message what it changes in the objects.
    """

    version: int = 1
    force: bool = False
    cover: bool | None = None
    prefix: str = "PATCH"
    given: tuple[Trailer, ...] | None = None
    wishes: Wishes = field(default_factory=Wishes)
    mailbox: Path | None = None
    maintainers: bool = True
    checkpatch: bool = True
    objects: bool = False


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail of the series: its file, its number (0 is the cover letter), who gets it."""

    file: Path
    number: int
    subject: str
    addressed: Addressed


@dataclass(frozen=True, slots=True)
class Made:
    """A series as it was made; ``carried`` counts the tags that patches got from before."""

    branch: str
    mails: tuple[Mail, ...]
    findings: tuple[Finding, ...]
    since: Since | None
    carried: int
    lost: tuple[Lost, ...]
    notes: tuple[str, ...]


def make(
    repo: Repository,
    branch: str | None,
    folder: Path,
    options: SeriesOptions,
    progress: Progress,
) -> Made:
    """Make a version of the series of ``branch`` (None: the one made last) in ``folder``.

    The folder is new or empty; with ``options.force`` former patches in it go. Raises
    InputError if it is not, if the version exists (without force), if the branch is none of
    errno-gen's, or is not a line of commits; ToolError if git or a script fails.
    """
    name, record = recall(repo, branch)
    commits = _commits(repo, name, record)
    known = versions(repo, name)
    if not options.force and any(one.number == options.version for one in known):
        raise InputError(
            f"version {options.version} of the series of {name} exists already",
            f"give -v {known[-1].number + 1} for the next one, or --force to make it anew",
        )
    _check_folder(folder, options.force)
    return _Maker(repo, name, record, commits, known, options, progress).make(folder)


class _Maker:
    """The making of one version."""

    def __init__(
        self,
        repo: Repository,
        branch: str,
        record: Record,
        commits: tuple[CommitInfo, ...],
        known: Sequence[Version],
        options: SeriesOptions,
        progress: Progress,
    ) -> None:
        self._repo = repo
        self._branch = branch
        self._record = record
        self._commits = commits
        self._options = options
        self._progress = progress
        self._sender = str(repo.identity("committer"))
        self._built = builds.known(repo.common_dir, [commit.tree for commit in commits])
        self._notes: list[str] = []
        before = [one for one in known if one.number < options.version]
        self._last = before[-1] if before else None
        if options.version > 1 and self._last is None:
            self._notes.append(f"no version before v{options.version} was made here")

    def make(self, folder: Path) -> Made:
        replies = self._replies()
        given = self._given()
        former = None
        if self._last is not None:
            fresh = Patches(self._record.base, self._commits, given)
            former = since(self._repo, self._branch, self._last, fresh, replies)
        tags = former.tags if former else tuple(() for _ in self._commits)
        messages = [
            with_trailers(self._repo, commit.message, (*given, *own))
            for commit, own in zip(self._commits, tags, strict=True)
        ]
        final = reworded(self._repo, self._record.base, self._commits, messages)
        series = parts(self._record, final)
        with tempfile.TemporaryDirectory(prefix="errno-gen-") as scratch:
            drafts = self._drafts(final, Path(scratch, "series"))
            mails, findings = self._finished(drafts, series, former, replies, Path(scratch))
            ids = tuple(mail.header_of(path.read_bytes(), "Message-ID") for path in drafts)
            files = _moved(drafts, folder, self._options.force)
        has_cover = len(drafts) > len(final)
        version = Version(
            number=self._options.version,
            base=self._record.base,
            tip=final[-1].oid,
            cover=ids[0] if has_cover else "",
            ids=ids[1:] if has_cover else ids,
            given=given,
            sites=sites(series),
        )
        remember(self._repo, self._branch, version)
        return Made(
            branch=self._branch,
            mails=tuple(
                Mail(file, one.number, one.subject, one.addressed)
                for file, one in zip(files, mails, strict=True)
            ),
            findings=findings,
            since=former,
            carried=sum(len(each) for each in tags),
            lost=former.lost if former else (),
            notes=tuple(self._notes),
        )

    def _replies(self) -> Replies | None:
        if self._options.mailbox is None:
            return None
        if self._last is None:
            raise InputError(
                f"{self._options.mailbox} cannot be read for replies: no former version is known",
                "the mailbox is for the tags that the last version got",
            )
        subjects = [one.subject for one in old_patches(self._repo, self._last).commits]
        found = read_replies(self._options.mailbox, self._last, subjects)
        self._notes.extend(found.remarks)
        return found

    def _given(self) -> tuple[Trailer, ...]:
        if self._options.given is not None:
            return self._options.given
        again = self._last.given if self._last else ()
        if again and self._last:
            told = ", ".join(map(str, again))
            self._notes.append(f"with the trailers of v{self._last.number} again: {told}")
        return again

    def _drafts(self, final: Sequence[CommitInfo], folder: Path) -> tuple[Path, ...]:
        wanted = self._options.cover
        form = Form(
            version=self._options.version,
            prefix=self._options.prefix,
            cover=len(final) > 1 if wanted is None else wanted,
        )
        self._progress("patches", 0, len(final), "")
        return format_patches(self._repo, self._record.base, final[-1].oid, folder, form)

    def _finished(
        self,
        drafts: Sequence[Path],
        series: Sequence[Part],
        former: Since | None,
        replies: Replies | None,
        scratch: Path,
    ) -> tuple[list[Mail], tuple[Finding, ...]]:
        """Fill in the drafts; the mails that they are then, and what checkpatch finds."""
        patches = drafts[-len(series) :]
        scripts = self._scripts(scratch / "tree")
        ask = scripts if self._options.maintainers else None
        if ask is not None and not ask.has(MAINTAINERS):
            self._notes.append(f"this tree has no {MAINTAINERS}: only --to and --cc get the mails")
            ask = None
        trailers = [trailers_of(self._repo, part.commit.message) for part in series]
        whom = recipients.found(ask, patches, trailers)
        mails = []
        if len(drafts) > len(series):
            mails.append(self._cover(drafts[0], series, former, replies, whom))
        for path, part, own in zip(patches, series, whom, strict=True):
            addressed = recipients.of_patch(own, self._options.wishes, self._sender)
            text = mail.with_headers(path.read_bytes(), _headers(addressed))
            if self._options.objects:
                text = mail.with_remark(text, self._object_note(part))
            if former is not None and len(drafts) == len(series):
                text = mail.with_remark(text, cover.remark(former, series))
            path.write_bytes(text)
            mails.append(Mail(path, part.number, part.commit.subject, addressed))
        if scripts is None or not self._options.checkpatch:
            return mails, ()
        if not scripts.has(CHECKPATCH):
            self._notes.append(f"this tree has no {CHECKPATCH}: the patches were not checked")
            return mails, ()
        self._progress("checkpatch", 0, 1, "")
        return mails, check(scripts, patches)

    def _object_note(self, part: Part) -> str:
        note = patch_note(self._built[part.commit.tree])
        if not note:
            self._notes.append(
                f"the objects of {part.commit.subject} were not compared: run errno-gen build first"
            )
        return note

    def _scripts(self, folder: Path) -> Scripts | None:
        if not (self._options.maintainers or self._options.checkpatch):
            return None
        self._progress("scripts", 0, 1, "of the tree")
        folder.mkdir()
        return Scripts(self._repo, self._record.base, folder)

    def _cover(
        self,
        path: Path,
        series: Sequence[Part],
        former: Since | None,
        replies: Replies | None,
        whom: Sequence[Sequence[Recipient]],
    ) -> Mail:
        if not any(self._built.values()):
            self._notes.append(
                "no compile check of these commits is known, so the cover letter has none: "
                "run errno-gen build first for that"
            )
        public = former.version.cover if former and replies and replies.sent else ""
        text = cover.letter(self._record, series, self._built, former, public)
        addressed = recipients.of_cover(whom, self._options.wishes, self._sender)
        filled = cover.filled(path.read_bytes(), text, self._sender, _headers(addressed))
        path.write_bytes(filled)
        return Mail(path, 0, text.subject, addressed)


def _commits(repo: Repository, branch: str, record: Record) -> tuple[CommitInfo, ...]:
    commits = repo.commits(f"{record.base}..{repo.branch_tip(branch)}")
    if any(b4.is_cover(commit) for commit in commits):
        raise InputError(
            f"the branch {branch} is a prep branch of b4, which has its cover letter and versions",
            "switch to it; b4 send -o FOLDER writes its mails, and b4 send sends them",
        )
    if not commits:
        raise InputError(f"the branch {branch} has no commit on its base {record.base[:12]}")
    parent = record.base
    for commit in commits:
        if commit.parents != (parent,):
            raise InputError(
                f"the branch {branch} is no line of commits on its base {record.base[:12]}",
                "make it anew with errno-gen apply --force, with --rev for another base",
            )
        parent = commit.oid
    return commits


def _check_folder(folder: Path, force: bool) -> None:
    check_folder(folder, _is_ours, force, "git send-email would send all of it")


def _is_ours(path: Path) -> bool:
    return path.is_file() and _OURS.fullmatch(path.name) is not None


def _moved(drafts: Sequence[Path], folder: Path, force: bool) -> list[Path]:
    """Bring the finished mails to their folder, in the place of a former version's."""
    _check_folder(folder, force)  # once more: the scripts of the tree took their time
    write_folder(folder, {path.name: path.read_bytes() for path in drafts}, _is_ours)
    return [folder / path.name for path in drafts]


def _headers(addressed: Addressed) -> bytes:
    return mail.address_header("To", addressed.to) + mail.address_header("Cc", addressed.cc)
