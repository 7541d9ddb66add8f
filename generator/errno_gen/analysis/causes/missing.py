# SPDX-License-Identifier: GPL-2.0-only
"""What evidence would settle a site that is left to a person."""

from __future__ import annotations

from errno_gen.model import SUCCESS, Cause, Verdict
from errno_gen.policytables import PROPAGATE

# What would settle a site, by the rule that could not.
_MISSING = {
    "fresh domain": "whether every domain would fail here, or another one may pass",
    "allocation": "whether only a lack of memory leads here",
    "callee": "what the callee means by the value that is tested",
    "unknown callee": "whether what these functions return depends on the domain",
    "constant": "what makes the check fail",
    "unknown around": "whether the domain decides the check around this one",
    "flag around": "whether the domain decides the flag",
    "kind around": "whether a domain of another kind could be attached instead",
    "kind and device": "whether a domain of another kind could be attached instead",
    "domain state before": "whether the check before this one is about the same thing",
    "held": "who has what is taken, and whether another domain helps",
    "own meaning": "whether the errno is meant to say what it says elsewhere",
    "memory": "whether only a lack of memory leads here",
    "unknown value": "what decides the value, and whether the domain takes part",
    "missing": "whether a domain that asks for less could do without it",
    "status": "what each status means for other domains",
    "one errno": "what the errno means where it is translated",
    "errno lost": "what the callee's errno was",
    "assertion": "whether this can happen, and what is wrong then",
    "disagreement": "one meaning that is true of all ways to get here",
    "picks": "whether another domain would get past the checks around this one",
    "unconditional": "what leads here: the code makes no check",
    "unreadable": "what the code does here, which the analysis cannot read",
    "opaque": "which errno the value is, and what it means",
    "hidden": "what the code does here, which the analysis cannot read",
}


def missing(verdict: Verdict) -> str:
    """What would settle a site."""
    if verdict.site.errno == SUCCESS:
        return "whether callers are to be told of success here"
    if verdict.cause is Cause.UNKNOWN:
        return _MISSING.get(verdict.rule, "what the check means")
    if verdict.callee and verdict.conversion is not None:
        if verdict.conversion.problem:
            return "a place where the errno of this call alone could be converted"
        return "whether the errno of this call can be about the domain"
    if verdict.wanted == PROPAGATE and not verdict.propagate:
        return "a variable that holds the callee's errno where it could be returned"
    return "whether the change is right for all who use the constant or see the value"
