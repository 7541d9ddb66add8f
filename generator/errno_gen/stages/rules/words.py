# SPDX-License-Identifier: GPL-2.0-only
"""The words for the kernel's documentation, rendered from a policy."""

from __future__ import annotations

from errno_gen.model import Cause, Fate
from errno_gen.policy import Policy
from errno_gen.policytables import LEAVE, PROPAGATE, Rules
from errno_gen.tools.render import render


def for_member(policy: Policy, rules: Rules) -> tuple[str, ...]:
    """The paragraphs that describe what the member returns."""
    return _words(policy, rules, "member")


def for_function(policy: Policy, rules: Rules) -> tuple[str, ...]:
    """The paragraphs on what a function returns that hands the member's value on.

    The first one says when it is 0; a function may say so already.
    """
    return _words(policy, rules, "function")


def _words(policy: Policy, rules: Rules, where: str) -> tuple[str, ...]:
    text = render(
        "rules.txt.j2",
        where=where,
        struct=policy.roles.struct,
        member=policy.roles.member,
        errno=policy.errno,
        meaning=rules.causes[Cause.INCOMPATIBLE],
        rules=_by_errno(policy, rules),
        others=rules.others,
        only=policy.errno in policy.reserved,
        print_rule=policy.print_rule if policy.fate(Cause.INCOMPATIBLE) is not Fate.KEEP else None,
    )
    return tuple(" ".join(line.split()) for line in text.splitlines() if line.strip())


def _by_errno(policy: Policy, rules: Rules) -> tuple[tuple[str, str], ...]:
    """Each errno of the policy with what it tells, two causes of one errno in one."""
    told: dict[str, list[str]] = {}
    for cause, errno in policy.causes.items():
        if errno not in (LEAVE, PROPAGATE) and cause is not Cause.KAPI:
            told.setdefault(errno, []).append(rules.causes[cause])
    return tuple((errno, "; or ".join(texts)) for errno, texts in told.items())
