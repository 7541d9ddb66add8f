# SPDX-License-Identifier: GPL-2.0-only
"""The steps in their order: scan, rewrite, document, commit, remember.

A step takes frozen values and hands one on; no step knows the next one. A command that needs
the first alone asks :mod:`.scans` for it.
"""

from __future__ import annotations

from errno_gen.model import Documented
from errno_gen.pipeline.commits import committed, prepared
from errno_gen.pipeline.documentation import documented
from errno_gen.pipeline.memory import remember
from errno_gen.pipeline.requests import Applied, Kernel, Options, Rewritten, Target
from errno_gen.pipeline.rewrites import rewrites
from errno_gen.pipeline.scans import fitting, scan
from errno_gen.pipeline.semantic import semantic_patches
from errno_gen.policy import Policy
from errno_gen.stages.ownership import contested
from errno_gen.stages.rewrite import left_alone
from errno_gen.stages.series.record import by_hand
from errno_gen.tools import spatch
from errno_gen.tools.pool import Progress, silent


def rewritten(
    kernel: Kernel, policy: Policy, options: Options, progress: Progress = silent
) -> Rewritten:
    """Scan, then rewrite and prove each driver that breaks the policy. Nothing is written.

    Raises ToolError before any work if spatch is missing.
    """
    spatch.locate()
    policy = fitting(kernel, policy, options)
    found = scan(kernel, policy, options, progress)
    patches, failures = rewrites(kernel, found, options, progress)
    changing, clashes = contested(tuple(patch for patch in patches if patch.changes))
    semantic, unsaid = (
        semantic_patches(kernel, policy, options, changing, progress) if options.smpl else ((), ())
    )
    rules = documented(kernel, policy, options, changing) if options.rules else Documented()
    return Rewritten(
        scan=found,
        patches=changing,
        failures=found.failures + failures + clashes + unsaid,
        left=left_alone(found.verdicts, patches),
        documented=rules,
        semantic=semantic,
    )


def apply(
    kernel: Kernel,
    policy: Policy,
    target: Target,
    options: Options,
    progress: Progress = silent,
) -> Applied:
    """Rewrite, then commit on ``target.branch`` as ``options.division`` says, its ref moved last.

    A commit with the rules goes before them if ``options.rules`` asks for it.

    Raises InputError before any work if the branch exists (without ``target.force``), its
    name is no branch's, git knows no identity for the commits, or the branch is b4's and
    would be no more; ToolError if b4 is needed and missing.
    """
    preparation = prepared(kernel, target)
    policy = fitting(kernel, policy, options)
    done = rewritten(kernel, policy, options, progress)
    if not done.patches and not done.documented.changes:
        return Applied(done, ())
    progress("commit", 0, len(done.patches), "")
    gone = by_hand(kernel.repo, target.branch)
    made = committed(kernel, policy, target, options, done, preparation)
    commits = made.committed.commits
    progress("commit", len(commits), len(commits), "")
    remember(kernel, target, made)
    return Applied(done, commits, preparation.remember() if preparation else None, gone)
