# SPDX-License-Identifier: GPL-2.0-only
"""The first commit of a branch: the rules that all others follow, as documentation."""

from __future__ import annotations

import posixpath

from errno_gen.errors import ProofError
from errno_gen.model import Documented
from errno_gen.policy import Policy
from errno_gen.stages.commit.subject import subject_prefix
from errno_gen.tools.git.githistory import changes
from errno_gen.tools.git.repository import NewCommit, Repository
from errno_gen.tools.kernel.subjects import learned
from errno_gen.tools.render import WIDTH, render


def rules_commit(
    repo: Repository, base: str, documented: Documented, policy: Policy, signoff: str | None = None
) -> NewCommit:
    """The commit that makes the changes of ``documented`` on ``base``.

    Its prefix is what the history of the files that it is about has. ``signoff`` is the name
    and address for a Signed-off-by line. Raises ProofError if it was not made for ``base``.
    """
    for change in documented.changes:
        source = repo.read(base, change.path)
        if source is None or source.blob != change.blob:
            raise ProofError(f"{change.path} at {base[:12]} is not what was documented")
    message = render(
        "rules-message.txt.j2",
        subject=_subject(_prefix(repo, base, documented, policy), policy.roles.member),
        why=policy.why,
        struct=policy.roles.struct,
        member=policy.roles.member,
        at_member=documented.at_member,
        functions=documented.functions,
        signoff=signoff,
    )
    return NewCommit(message, {change.path: change.after for change in documented.changes})


def _prefix(repo: Repository, base: str, documented: Documented, policy: Policy) -> str:
    """As for a driver: the policy's, else the history's, else that of the paths."""
    paths = sorted({*(change.path for change in documented.changes), *documented.callers})
    told = policy.prefix_for(paths) or learned(changes(repo, base, paths), paths)
    if told or documented.callers:
        return told or subject_prefix(documented.callers)
    return posixpath.splitext(posixpath.basename(paths[0]))[0]


def _subject(prefix: str, member: str) -> str:
    wordings = (f"Document the errnos of {member}", "Document errnos")
    fitting = (text for text in wordings if len(f"{prefix}: {text}") <= WIDTH)
    text = next(fitting, wordings[-1])
    return f"{prefix[: WIDTH - len(text) - 2]}: {text}"
