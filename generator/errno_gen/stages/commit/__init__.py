# SPDX-License-Identifier: GPL-2.0-only
"""Make commits on a base, the rules and then the drivers, and show them at once as a branch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from errno_gen.errors import InputError
from errno_gen.model import TO_CHANGE, Commit, Division, Documented, Driver, DriverPatch, Verdict
from errno_gen.policy import Policy
from errno_gen.stages.commit.changelog import commit_message, tree_wide_message
from errno_gen.stages.commit.division import Planned, planned
from errno_gen.stages.commit.prefixes import prefixes
from errno_gen.stages.commit.rules import rules_commit
from errno_gen.stages.commit.shown import prove_shown
from errno_gen.tools.git.repository import CommitInfo, NewCommit, Repository

__all__ = ["Committed", "check_commit_preconditions", "commit", "commit_message"]

NOTHING_DOCUMENTED = Documented()


@dataclass(frozen=True, slots=True)
class Committed:
    """The commits of a branch, oldest first, and the verdicts that each of them serves."""

    commits: tuple[Commit, ...] = ()
    served: tuple[tuple[Verdict, ...], ...] = ()


Placed = Callable[[Committed, Sequence[CommitInfo]], tuple[CommitInfo, ...]]
"""Makes commits of the same trees elsewhere, such as behind a cover letter."""


def check_commit_preconditions(repo: Repository, branch: str, force: bool) -> None:
    """Find out before any work whether :func:`commit` may make or move ``branch``.

    Raises InputError if its name is no branch's or excludes an existing branch, if it
    exists (without ``force``), if a work tree is on it (even with ``force``: its files
    would seem changed), or if git does not know who makes the commits.
    """
    repo.check_branch_name(branch)
    other = repo.branch_in_the_way(branch)
    if other is not None:
        raise InputError(
            f"git cannot have the branch {branch} beside the branch {other}",
            "give another name with --branch",
        )
    if not force and repo.branch_tip(branch) is not None:
        raise InputError(
            f"the branch {branch} exists already",
            "use --force to move it (its old tip stays in its reflog), or --branch for another",
        )
    user = repo.branch_user(branch)
    if user is not None:
        raise InputError(
            f"the branch {branch} is in use in {user}",
            "switch to another branch there, or give another name with --branch",
        )
    repo.identity("author")
    repo.identity("committer")


def commit(
    repo: Repository,
    base: str,
    branch: str,
    patches: Sequence[DriverPatch],
    policy: Policy,
    *,
    documented: Documented = NOTHING_DOCUMENTED,
    division: Division = Division.DRIVER,
    force: bool = False,
    signoff: bool = False,
    smpl: Mapping[str, str] = MappingProxyType({}),
    placed: Placed | None = None,
) -> Committed:
    """Commit the patches on top of ``base``, divided and ordered as ``division`` says.

    What of the rules is ``documented`` comes first, in a commit of no driver; ``smpl`` has
    the rules of semantic patches for changelogs, by driver. The branch is made or moved by
    one ``update-ref`` after all objects are written; until then nothing of the repository
    that a person sees has changed. Without either there is no branch. With ``placed`` the
    branch has what that makes of the commits. Raises
    InputError as :func:`check_commit_preconditions` does, ProofError if a patch was not made
    from ``base``, two patches disagree about a file, or git shows another diff than was
    proven, ToolError if git fails or somebody else moves the branch meanwhile.
    """
    check_commit_preconditions(repo, branch, force)
    if not patches and not documented.changes:
        return Committed()
    old = repo.branch_tip(branch)
    signer = str(repo.identity("committer")) if signoff else None
    wanted = planned(repo, base, patches, division)
    named = prefixes(repo, base, [patch for one in wanted for patch in one.patches], policy)
    first = [rules_commit(repo, base, documented, policy, signer)] if documented.changes else []
    items = [NewCommit(_message(one, policy, signer, named, smpl), one.files) for one in wanted]
    made = repo.write_commit_chain(base, [*first, *items])
    served = (*(() for _ in first), *(_served(one) for one in wanted))
    drivers = ["" for _ in first]
    drivers += [" ".join(patch.driver.name for patch in one.patches) for one in wanted]
    if placed is not None:
        made = placed(_committed(made, drivers, served), made)
    changes = {change.path: change for patch in patches for change in patch.changes}
    changes.update({change.path: change for change in documented.changes})
    prove_shown(
        repo.diff(base, made[-1].oid),
        {path: (change.before, change.after) for path, change in changes.items()},
    )
    reason = f"errno-gen apply: {len(made)} commits under the policy {policy.name}"
    repo.move_branch(branch, made[-1].oid, old, reason)
    return _committed(made, drivers, served)


def _committed(
    made: Sequence[CommitInfo],
    drivers: Sequence[str],
    served: tuple[tuple[Verdict, ...], ...],
) -> Committed:
    commits = (
        Commit(
            oid=info.oid,
            tree=info.tree,
            parent=info.parents[0],
            driver=driver,
            subject=info.subject,
            files=info.files,
        )
        for driver, info in zip(drivers, made, strict=True)
    )
    return Committed(tuple(commits), served)


def _served(one: Planned) -> tuple[Verdict, ...]:
    return tuple(v for patch in one.patches for v in patch.verdicts if v.action in TO_CHANGE)


def _message(
    one: Planned,
    policy: Policy,
    signer: str | None,
    prefixes: Mapping[Driver, str],
    smpl: Mapping[str, str],
) -> str:
    if len(one.patches) == 1:
        (patch,) = one.patches
        rules = smpl.get(patch.driver.name, "")
        return commit_message(patch, policy, signer, prefixes[patch.driver], rules)
    return tree_wide_message(one.patches, policy, signer, prefixes)
