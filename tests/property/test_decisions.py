# SPDX-License-Identifier: GPL-2.0-only
"""Laws of decisions, tried on every fixture of the analysis and on the small kernel."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import compress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import analysis_fixtures as fixtures
import minikernel
from commandline import errno_gen, repository
from errno_gen.decisions import decision_text, guard_text, parse_decisions, site_key
from errno_gen.errors import SourceError
from errno_gen.model import Action, Cause, Verdict
from errno_gen.stages.analyse import decided

REASON = "The tool says so."


def written(verdict: Verdict, cause: Cause | None) -> str:
    """A decision about a verdict's site."""
    return decision_text(
        {
            "driver": verdict.driver,
            "function": verdict.site.function,
            "errno": verdict.site.errno,
            "guard": guard_text(verdict.guard),
            "cause": None if cause is None else cause.value,
            "action": "keep" if cause is None else None,
            "reason": REASON,
        }
    )


def one_for_each(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """A verdict for each site that a decision can tell from those with another cause."""
    by_key: dict[object, list[Verdict]] = {}
    for verdict in verdicts:
        by_key.setdefault(site_key(verdict), []).append(verdict)
    return [same[0] for same in by_key.values() if len({v.cause for v in same}) == 1]


def judged(name: str) -> tuple[Verdict, ...]:
    try:
        return fixtures.judged(fixtures.sources(name))
    except SourceError:
        return ()


@pytest.mark.parametrize("name", fixtures.names())
def test_the_tools_own_causes_change_no_verdict(name: str) -> None:
    verdicts = judged(name)
    before = decided(verdicts, fixtures.POLICY, parse_decisions("", "d.toml"))
    text = "".join(written(verdict, verdict.cause) for verdict in one_for_each(verdicts))
    decisions = parse_decisions(text, "d.toml")
    after = decided(verdicts, fixtures.POLICY, decisions)
    assert [v.cause for v in after] == [v.cause for v in before]
    # What the analysis left open in spite of its cause is settled by repeating the cause.
    if all(verdict.action is not Action.REVIEW for verdict in verdicts):
        # So is what others know of an errno, and what it says by itself.
        same = [not v.mentions and v.site.errno not in fixtures.POLICY.meanings for v in before]
        assert [(v.action, v.wanted, v.prints, v.split) for v in compress(after, same)] == [
            (v.action, v.wanted, v.prints, v.split) for v in compress(before, same)
        ]
    assert decisions.stale(verdicts) == ()


EVERY = [verdict for name in fixtures.names() for verdict in judged(name)]


@given(st.sampled_from(EVERY), st.sampled_from([*Cause, None]), st.booleans())
def test_whatever_is_decided_can_be_done_or_stays_open(
    verdict: Verdict, cause: Cause | None, strict: bool
) -> None:
    decisions = parse_decisions(written(verdict, cause), "d.toml")
    (after,) = decided([verdict], fixtures.POLICY, decisions, strict=strict)
    assert after.decision == REASON
    assert after.because[0] == REASON
    assert after.cause is (verdict.cause if cause is None else cause)
    if cause is None:
        assert after.action is Action.KEEP
    if after.action is Action.REWRITE:
        assert after.site.form != "call"
        assert after.wanted != "propagate" or after.propagate
    if after.action is not Action.REWRITE:
        assert after.split is None


def test_on_the_small_kernel_nothing_changes_either(tmp_path: Path) -> None:
    kernel = repository(tmp_path / "linux", minikernel.FILES_WITH_UNDECIDED)
    scan = ("scan", "--tree", kernel, "--format", "json")
    before = json.loads(errno_gen(*scan).out)["verdicts"]
    path = tmp_path / "own.toml"
    fields = ("driver", "function", "errno", "cause")
    path.write_text(
        "".join(
            decision_text(
                {name: v[name] for name in fields}
                | {"guard": v["guard"][0] if v["guard"] else "", "reason": REASON}
            )
            for v in before
        ),
        encoding="utf-8",
    )
    after = json.loads(errno_gen(*scan, "--decisions", path).out)
    for verdict in after["verdicts"]:
        assert verdict.pop("decision") == REASON
        assert verdict["because"].pop(0) == REASON
    known = [{k: v for k, v in each.items() if k != "decision"} for each in before]
    for old, new in zip(known, after["verdicts"], strict=True):
        changed = {key for key in old if old[key] != new[key]}
        assert changed <= ({"because", "rule"} if old["action"] == "review" else set())
    assert after["stale_decisions"] == []


def test_a_code_that_is_not_handed_on_uncovers_nothing(tmp_path: Path) -> None:
    source = (fixtures.FOLDER / "swallowed.c").read_text(encoding="utf-8")
    files = dict(minikernel.FILES)
    files["drivers/iommu/alpha-iommu.c"] = source
    kernel = repository(tmp_path / "linux", files)
    scan = ("scan", "--tree", kernel, "--driver", "alpha", "--format", "json")
    uncovered = [v["errno"] for v in json.loads(errno_gen(*scan).out)["verdicts"]]
    assert uncovered == ["EINVAL", "EIO", "ENODEV"]
    path = tmp_path / "decisions.toml"
    path.write_text(
        '[[decision]]\nfunction = "my_attach_dev"\nerrno = "ENODEV"\nguard = "ret"\n'
        f'cause = "device"\nreason = "{REASON}"\n',
        encoding="utf-8",
    )
    (left,) = json.loads(errno_gen(*scan, "--decisions", path).out)["verdicts"]
    assert (left["errno"], left["cause"], left["action"]) == ("ENODEV", "device", "keep")
