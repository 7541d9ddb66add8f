# SPDX-License-Identifier: GPL-2.0-only
"""Make one commit per driver on a base, and show them all at once as a branch."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from errno_gen.errors import InputError, ProofError
from errno_gen.model import Commit, DriverPatch
from errno_gen.policy import Policy
from errno_gen.stages.commit.changelog import commit_message
from errno_gen.stages.commit.prefixes import prefixes
from errno_gen.stages.commit.shown import prove_shown
from errno_gen.tools.git import CommitInfo, NewCommit, Repository

Placed = Callable[[Sequence[CommitInfo]], tuple[CommitInfo, ...]]
"""Makes commits of the same trees elsewhere, such as behind a cover letter."""

__all__ = ["check_commit_preconditions", "commit", "commit_message"]


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
    force: bool = False,
    signoff: bool = False,
    placed: Placed | None = None,
) -> tuple[Commit, ...]:
    """Commit each patch on top of ``base``, drivers in the order of their names.

    The branch is made or moved by one ``update-ref`` after all objects are written; until
    then nothing of the repository that a person sees has changed. Without patches there
    is no branch. With ``placed`` the branch has what that makes of the commits. Raises
    InputError as :func:`check_commit_preconditions` does, ProofError if a patch was not made
    from ``base``, two patches disagree about a file, or git shows another diff than was
    proven, ToolError if git fails or somebody else moves the branch meanwhile.
    """
    check_commit_preconditions(repo, branch, force)
    if not patches:
        return ()
    old = repo.branch_tip(branch)
    signer = str(repo.identity("committer")) if signoff else None
    ordered = sorted(patches, key=lambda patch: (patch.driver.name, patch.driver.directory))
    planned = _planned(repo, base, ordered)
    named = prefixes(repo, base, [patch for patch, _ in planned], policy)
    items = [
        NewCommit(commit_message(patch, policy, signer, named[patch.driver]), files)
        for patch, files in planned
    ]
    made = repo.write_commit_chain(base, items)
    made = placed(made) if placed else made
    changes = {change.path: change for patch, _ in planned for change in patch.changes}
    prove_shown(
        repo.diff(base, made[-1].oid),
        {path: (change.before, change.after) for path, change in changes.items()},
    )
    reason = f"errno-gen apply: {len(made)} commits under the policy {policy.name}"
    repo.move_branch(branch, made[-1].oid, old, reason)
    return tuple(
        Commit(
            oid=info.oid,
            tree=info.tree,
            parent=info.parents[0],
            driver=patch.driver.name,
            subject=info.subject,
            files=info.files,
        )
        for (patch, _), info in zip(planned, made, strict=True)
    )


def _planned(
    repo: Repository, base: str, patches: Sequence[DriverPatch]
) -> list[tuple[DriverPatch, dict[str, bytes]]]:
    """The new bytes of each patch's files, checked against ``base`` and one another.

    A file that two drivers share changes in the first one's commit only.
    """
    owners: dict[str, tuple[str, bytes]] = {}
    planned: list[tuple[DriverPatch, dict[str, bytes]]] = []
    for patch in patches:
        name = patch.driver.name
        files: dict[str, bytes] = {}
        for change in patch.changes:
            source = repo.read(base, change.path)
            if source is None or source.blob != change.blob:
                raise ProofError(f"{name}: {change.path} at {base[:12]} is not what was rewritten")
            if change.path not in owners:
                owners[change.path] = (name, change.after)
                files[change.path] = change.after
            elif owners[change.path][1] != change.after:
                raise ProofError(
                    f"{owners[change.path][0]} and {name} change {change.path} in different ways",
                    "apply to one of them with --driver, then to the other on top of it",
                )
        if files:
            planned.append((patch, files))
    return planned
