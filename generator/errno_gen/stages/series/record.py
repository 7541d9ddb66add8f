# SPDX-License-Identifier: GPL-2.0-only
"""What is kept of a branch when it is made, so that its cover letter can tell of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from errno_gen.errors import InputError
from errno_gen.model import Cause, Commit, Driver, DriverPatch, Failure, Scan, Verdict, with_changes
from errno_gen.policy import Policy
from errno_gen.tools import state
from errno_gen.tools.git import branches
from errno_gen.tools.git.repository import CommitInfo, Repository
from errno_gen.tools.mail import b4

_KIND = "made"


@dataclass(frozen=True, slots=True)
class Deed:
    """A commit as it was made: what it changes, for which drivers, by which verdicts."""

    subject: str
    files: tuple[str, ...]
    drivers: tuple[str, ...]
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """The scan behind a branch, and what of the policy the cover letter says.

    ``errno`` is that of an incompatible domain, ``only`` tells that it means nothing else;
    ``left`` are verdicts that asked for a change and could not be served; ``rules`` is the
    subject of the commit that documents the rules, "" if there is none, ``remarks`` say what
    was documented already, or could not be; ``deeds`` are the commits as they were made,
    oldest first.
    """

    base: str
    policy: str
    member: str
    why: str
    errno: str
    only: bool
    reserved: tuple[str, ...]
    drivers: tuple[Driver, ...]
    verdicts: tuple[Verdict, ...]
    left: tuple[Verdict, ...]
    failures: tuple[Failure, ...]
    rules: str = ""
    remarks: tuple[str, ...] = ()
    deeds: tuple[Deed, ...] = ()


def noted(
    policy: Policy,
    scan: Scan,
    patches: Sequence[DriverPatch],
    left: Sequence[Verdict],
    failures: Sequence[Failure],
    remarks: Sequence[str] = (),
) -> Record:
    """What was found and done for a branch, as yet without the commits."""
    served = {patch.driver.name: patch.verdicts for patch in patches}
    others = tuple(verdict for verdict in scan.verdicts if verdict.driver not in served)
    return Record(
        base=scan.tree.commit,
        policy=policy.name,
        member=policy.roles.member,
        why=policy.why,
        errno=policy.causes[Cause.INCOMPATIBLE],
        only=policy.rewrite_reserved,
        reserved=tuple(sorted(policy.reserved)),
        drivers=scan.drivers,
        verdicts=(*(v for each in served.values() for v in each), *others),
        left=tuple(left),
        failures=tuple(failures),
        remarks=tuple(remarks),
    )


def made(
    noted: Record,
    commits: Sequence[Commit],
    served: Sequence[Sequence[Verdict]],
    rules: bool = False,
) -> Record:
    """The same with the commits of the branch, in order, and the verdicts that each serves.

    ``rules`` tells that the first of them documents the rules.
    """
    deeds = tuple(
        Deed(one.subject, one.files, tuple(one.driver.split()), tuple(verdicts))
        for one, verdicts in zip(commits, served, strict=True)
    )
    return with_changes(noted, deeds=deeds, rules=commits[0].subject if rules else "")


def remember(repo: Repository, branch: str, record: Record) -> None:
    """Keep the record of a branch that was just made."""
    state.remember(repo.common_dir, _KIND, branch, record)


def by_hand(repo: Repository, branch: str) -> tuple[CommitInfo, ...]:
    """The commits between and above ours that somebody else made on a branch, oldest first.

    Ours are known by their subjects or files. () if there is no such branch, or no record of it.
    """
    tip = repo.branch_tip(branch)
    record = state.recall(repo.common_dir, _KIND, branch, Record)
    if tip is None or record is None:
        return ()
    subjects = {deed.subject for deed in record.deeds}
    files = {frozenset(deed.files) for deed in record.deeds}
    commits = repo.commits(f"{record.base}..{tip}")
    ours = [
        b4.is_cover(one) or one.subject in subjects or frozenset(one.files) in files
        for one in commits
    ]
    first = next((number for number, own in enumerate(ours) if own), len(commits))
    return tuple(one for one, own in list(zip(commits, ours, strict=True))[first:] if not own)


def recall(repo: Repository, named: str | None) -> tuple[str, Record]:
    """The branch (with None the one made last that is still there) and its record.

    ``named`` may also be BASE..BRANCH, for another base than the recorded one.
    Raises InputError if there is none, or errno-gen did not make it.
    """
    made = branches.made(repo.common_dir)
    again = "make one with errno-gen apply"
    base, _, branch = (named or "").rpartition("..")
    if not branch:
        there = [name for name in made if repo.branch_tip(name) is not None]
        if not there:
            raise InputError("no branch of errno-gen in this repository", again)
        branch = there[-1]
    if repo.branch_tip(branch) is None:
        known = ", ".join(name for name in made if repo.branch_tip(name) is not None)
        raise InputError(f"there is no branch {branch}", f"there is {known}" if known else again)
    record = state.recall(repo.common_dir, _KIND, branch, Record)
    if record is None:
        raise InputError(
            f"errno-gen knows nothing of the branch {branch}"
            if branch not in made
            else f"the branch {branch} was made by another version of errno-gen",
            f"{again}, which can make it anew with --force",
        )
    return branch, with_changes(record, base=repo.resolve(base)) if base else record
