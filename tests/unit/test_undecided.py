# SPDX-License-Identifier: GPL-2.0-only
"""What a person should look at: in which order, and as a decision file to fill in."""

from __future__ import annotations

import tomllib

import pytest

from errno_gen.decisions import parse_decisions
from errno_gen.errors import InputError
from errno_gen.model import Action, Cause, Guard, Scan, Step, Tree, Verdict, with_changes
from errno_gen.stages.undecided import as_decisions, undecided
from patches import verdict

PATH = "drivers/iommu/example-iommu.c"


def open_site(function: str, errno: str = "EIO", **changes: object) -> Verdict:
    guard = Guard('strcmp(x, "y")', True, PATH, 4)
    made = verdict(function, errno, None, ["Nobody knows."], cause=Cause.UNKNOWN, guard=[guard])
    made = with_changes(made, action=Action.REVIEW)
    return with_changes(made, rule="constant", chain=(Step(function, PATH, 5),), **changes)


def scan(*verdicts: Verdict) -> Scan:
    return Scan(Tree("6.1.0", "c" * 40), "einval", (), (), verdicts)


def test_the_most_valuable_come_first() -> None:
    sites = [
        open_site("plain"),
        open_site("changes", cause=Cause.DEVICE, wanted="ENODEV"),
        open_site("same", cause=Cause.DEVICE, wanted="EIO"),
        open_site("shared", callbacks=("a", "b")),
        open_site("reserved", "EINVAL"),
        open_site("settled", action=Action.KEEP),
    ]
    for order in (sites, sites[::-1]):
        found = undecided(scan(*order), {"EINVAL"})
        names = [entry.sites[0].site.function for entry in found]
        assert names[:3] == ["reserved", "changes", "shared"]
        assert sorted(names[3:]) == ["plain", "same"]


def test_sites_that_one_decision_settles_are_one_entry_which_names_what_it_overrules() -> None:
    place = open_site("f").site.constant
    later = with_changes(open_site("f").site, constant=with_changes(place, line=9, start=70))
    known = with_changes(open_site("f").site, constant=with_changes(place, line=20, start=90))
    found = scan(
        open_site("f"),
        open_site("f", site=later),
        open_site("f", site=known, cause=Cause.NOMEM, action=Action.KEEP),
    )
    (entry,) = undecided(found, ())
    assert [v.site.constant.line for v in entry.sites] == [1, 9]
    text = as_decisions(found, (entry,))
    assert "policy einval: 2 sites to settle" in text
    assert f"EIO in f(), {PATH}:1, {PATH}:9 (taken at line 1)" in text
    assert f"would be decided as well: {PATH}:20 (taken at line 1) (nomem)" in text


def test_what_is_printed_is_a_decision_file_once_it_is_filled_in() -> None:
    control = open_site("g", because=("Odd\nsource\x0c.",))
    found = scan(open_site("f"), control)
    text = as_decisions(found, undecided(found, ()))
    assert len(tomllib.loads(text)["decision"]) == 2
    with pytest.raises(InputError, match=r"line \d+: 'decision.cause' '' is no cause"):
        parse_decisions(text, "d.toml")
    filled = text.replace('cause = ""', 'cause = "device"').replace('reason = ""', 'reason = "So."')
    first, _ = parse_decisions(filled, "d.toml").items
    about = (first.driver, first.function, first.guard, first.cause)
    assert about == ("example", "f", 'strcmp(x, "y")', Cause.DEVICE)
    assert "missing: what makes the check fail" in text


def test_what_was_decided_in_vain_is_not_offered_again() -> None:
    found = scan(open_site("f", decision="So.", because=("So.", "That cannot be done.")))
    text = as_decisions(found, undecided(found, ()))
    assert "[[decision]]" not in text
    assert "change that decision" in text


def test_nothing_to_settle_is_nothing_to_print() -> None:
    found = scan(open_site("f", action=Action.KEEP))
    assert as_decisions(found, undecided(found, ())) == ""
