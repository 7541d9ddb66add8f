# SPDX-License-Identifier: GPL-2.0-only
"""Decision files: mistakes are named, sites are found again, impossible things stay open."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from errno_gen.decisions import (
    Decision,
    Decisions,
    decision_text,
    default_file,
    load_decisions,
    parse_decisions,
)
from errno_gen.errors import InputError
from errno_gen.model import Action, Cause, Failure, Guard, Location, Split, Verdict, with_changes
from errno_gen.policy import load_policy
from errno_gen.stages.analyse import decided
from patches import verdict

ONE = """\
# What we found out.
[[decision]]
driver = "x"
function = "x_attach"
errno = "EINVAL"
guard = "!x_fits(domain,\\n\\tdev)"
cause = "device"
reason = "The strap says so."

[[decision]]
function = "x_enable"
errno = "EBUSY"
guard = ""
action = "keep"
reason = "Callers wait for it."
"""
REASON = "Somebody looked."
PATH = "drivers/iommu/example-iommu.c"
FITS = Guard("!x_fits(domain, dev)", True, PATH, 12)


def site(**changes: object) -> Verdict:
    made = verdict(
        "x_attach", "EINVAL", None, ["Nobody knows."], cause=Cause.UNKNOWN,
        action=Action.KEEP, guard=[FITS], driver="x",
    )  # fmt: skip
    return with_changes(made, **changes)


def decision(cause: Cause | None, **changes: object) -> Decision:
    made = Decision("x_attach", "EINVAL", "!x_fits(domain, dev)", cause, REASON)
    return with_changes(made, **changes)


def settled(
    found: Verdict, *items: Decision, policy: str = "einval", strict: bool = False
) -> Verdict:
    (done,) = decided([found], load_policy(policy), Decisions("d.toml", items), strict=strict)
    return done


# --- reading ----------------------------------------------------------------------------


def test_a_file_is_read() -> None:
    found = parse_decisions(ONE, "d.toml")
    assert found.file == "d.toml"
    assert found.items == (
        Decision("x_attach", "EINVAL", "!x_fits(domain, dev)", Cause.DEVICE, "The strap says so.",
                 "x", 2),
        Decision("x_enable", "EBUSY", "", None, "Callers wait for it.", None, 10),
    )  # fmt: skip


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "schema = 1\n"])
def test_a_file_may_say_nothing(text: str) -> None:
    assert parse_decisions(text, "d.toml").items == ()


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ('errno = "EBUSY"', 'errno = "EBUZY"', 12, "'decision.errno' 'EBUZY' is not"),
        ('errno = "EBUSY"', "errno = 16", 12, "'decision.errno' must be a string"),
        ('errno = "EBUSY"', 'errno = "-EBUSY"', 12, "'-EBUSY' is not the name of an errno"),
        ('errno = "EBUSY"\n', "", 10, "'decision.errno' is missing"),
        ('function = "x_enable"', 'function = "x_enable()"', 11, "is not a C identifier"),
        ('guard = ""\n', "", 10, "'decision.guard' is missing"),
        ('guard = ""', "line = 3", 13, "'decision.line' is unknown; known here: action, call"),
        ('action = "keep"', 'action = "rewrite"', 14, "'decision.action' must be \"keep\""),
        ('action = "keep"\n', "", 10, "'decision.cause' is missing; give the cause, or action"),
        ('action = "keep"', 'cause = "busi"', 14, "'decision.cause' 'busi' is no cause; the"),
        ('action = "keep"', 'cause = ""', 14, "'decision.cause' '' is no cause"),
        ('action = "keep"', 'action = "keep"\ncause = "busy"', 14, "exclude each other"),
        ('reason = "Callers wait for it."\n', "", 10, "'decision.reason' is missing"),
        ('"Callers wait for it."', '" "', 15, "'decision.reason' is empty"),
        ('"Callers wait for it."', '"Callers wait"', 15, "a sentence that ends in a period"),
        ('"Callers wait for it."', '"..."', 15, "a sentence that ends in a period"),
        ('"Callers wait for it."', '"A \\u0007 rings."', 15, "cannot be printed"),
        ('guard = ""', 'guard = ""\ncall = "f()"', 14, "'decision.call' 'f()' is not a C"),
        ('driver = "x"', 'driver = ""', 3, "'decision.driver' is empty"),
        ("# What we found out.", "schema = 2", 1, "'schema' only schema 1"),
        ("# What we found out.", "decisions = 1", 1, "'decisions' is unknown"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_file_line_and_key(
    old: str, new: str, line: int, message: str
) -> None:
    text = ONE.replace(old, new)
    assert text != ONE
    with pytest.raises(InputError) as caught:
        parse_decisions(text, "mine.toml")
    assert caught.value.message.startswith(f"decision file mine.toml, line {line}: ")
    assert message in caught.value.message


def test_what_is_no_toml_is_named_with_its_line() -> None:
    with pytest.raises(InputError, match=r"decision file mine\.toml is not valid TOML: .*line 2"):
        parse_decisions("\n[[decision]\n", "mine.toml")


def test_decisions_that_are_no_tables() -> None:
    with pytest.raises(InputError, match="line 1: 'decision' must be an array of tables"):
        parse_decisions("decision = [1]\n", "mine.toml")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot read the decision file .*: No such file"):
        load_decisions(tmp_path / "none.toml")


def test_the_default_is_below_the_git_directory() -> None:
    assert default_file(Path("/linux/.git")) == Path("/linux/.git/errno-gen/decisions.toml")


@pytest.mark.parametrize(
    ("driver", "other"), [('driver = "x"', 'driver = "x"'), ('driver = "x"', ""), ("", "")]
)
def test_two_decisions_that_contradict_each_other_are_named_both(driver: str, other: str) -> None:
    first, _, _ = ONE.partition("\n[[decision]]\nfunction")
    second = first.replace('cause = "device"', 'cause = "busy"').replace("domain,\\n\\t", "domain,")
    text = first.replace('driver = "x"', driver) + second.replace('driver = "x"', other)
    with pytest.raises(InputError) as caught:
        parse_decisions(text, "d.toml")
    assert "decision file d.toml, lines 2 and 10: two decisions on EINVAL" in caught.value.message


def test_decisions_on_two_drivers_or_to_the_same_end_do_not_contradict_each_other() -> None:
    first, _, _ = ONE.partition("\n[[decision]]\nfunction")
    elsewhere = first.replace('"x"', '"y"').replace('"device"', '"busy"')
    again = first.replace("The strap", "The manual")
    found = parse_decisions(first + elsewhere + again, "d.toml")
    about = found.about("x", "x_attach", "EINVAL", (FITS,))
    assert about is not None
    assert about.reason == "The strap says so."


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
SENTENCES = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1).map(
    lambda text: f"A{text}."
)
DECISIONS = st.builds(
    Decision,
    function=st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,20}", fullmatch=True),
    errno=st.sampled_from(["EINVAL", "ENOTSUPP", "EPROBE_DEFER"]),
    guard=WORDS.map(lambda text: " ".join(text.split())),
    cause=st.sampled_from([*Cause, None]),
    reason=SENTENCES.map(lambda text: " ".join(text.split())),
    driver=st.none() | st.from_regex(r"[a-z][a-z0-9_.-]{0,9}", fullmatch=True),
)


@given(DECISIONS, DECISIONS)
def test_what_is_written_is_read_again_with_its_line(one: Decision, two: Decision) -> None:
    texts = [
        decision_text(
            {
                "driver": each.driver,
                "function": each.function,
                "errno": each.errno,
                "guard": each.guard,
                "cause": None if each.cause is None else each.cause.value,
                "action": "keep" if each.cause is None else None,
                "reason": each.reason,
            }
        )
        for each in (one, two)
    ]
    (again,) = parse_decisions(texts[0], "d.toml").items
    assert again == with_changes(one, line=1)
    if one.key != two.key:
        _, second = parse_decisions("".join(texts), "d.toml").items
        assert second == with_changes(two, line=texts[0].count("\n") + 1)


# --- finding sites ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "matches"),
    [
        ({}, True),
        ({"driver": "x"}, True),
        ({"driver": "y"}, False),
        ({"guard": "!x_fits( domain,dev )"}, True),
        ({"guard": "x_fits(domain, dev)"}, False),
        ({"guard": ""}, False),
        ({"errno": "EBUSY"}, False),
        ({"function": "x_detach"}, False),
    ],
)
def test_what_a_decision_matches(changes: dict[str, object], matches: bool) -> None:
    done = settled(site(), decision(Cause.DEVICE, **changes))
    assert (done.decision == REASON) is matches
    assert (done.cause is Cause.DEVICE) is matches


def test_only_the_innermost_guard_counts_and_neither_line_nor_file() -> None:
    outer = Guard("other", True, PATH, 3)
    moved = with_changes(FITS, line=99, file="elsewhere.c")
    assert settled(site(guard=(moved, outer)), decision(Cause.BUSY)).cause is Cause.BUSY
    assert settled(site(guard=(outer, moved)), decision(Cause.BUSY)).cause is Cause.UNKNOWN


def test_the_arm_of_a_guard_counts() -> None:
    other = site(guard=(with_changes(FITS, taken=False),))
    assert settled(other, decision(Cause.BUSY)).decision is None
    assert settled(other, decision(Cause.BUSY, guard="!(!x_fits(domain, dev))")).decision


def test_a_site_without_a_guard_is_found_by_an_empty_one() -> None:
    assert settled(site(guard=()), decision(Cause.BUSY, guard="")).cause is Cause.BUSY


def test_a_decision_that_matches_nothing_is_stale() -> None:
    found = Decisions("d.toml", (decision(None), decision(None, errno="EBUSY", line=7)))
    (stale,) = found.stale([site()])
    assert (stale.file, stale.line, stale.errno) == ("d.toml", 7, "EBUSY")


@pytest.mark.parametrize(
    ("driver", "drivers", "failed", "count"),
    [
        (None, (), (), 1),
        (None, ("x",), (), 0),
        (None, (), ("y",), 0),
        ("y", (), (), 1),
        ("y", ("x",), (), 0),
        ("y", ("y",), (), 1),
        ("y", (), ("y",), 0),
        ("y", (), ("x",), 1),
    ],
)
def test_what_was_not_looked_at_is_not_stale(
    driver: str | None, drivers: tuple[str, ...], failed: tuple[str, ...], count: int
) -> None:
    found = Decisions("d.toml", (decision(None, errno="EBUSY", driver=driver),))
    failures = [Failure("analyse", name, "broken") for name in failed]
    assert len(found.stale([site()], drivers, failures)) == count


# --- what becomes of a site -------------------------------------------------------------


def test_an_unknown_site_is_settled_and_the_policy_acts() -> None:
    done = settled(site(), decision(Cause.DEVICE))
    assert (done.action, done.wanted, done.because) == (Action.REWRITE, "ENODEV", (REASON,))


def test_a_decision_knows_no_policy() -> None:
    done = settled(site(), decision(Cause.DEVICE), policy="emediumtype")
    assert done.cause is Cause.DEVICE
    assert done.action is Action.DISCOURAGED


def test_overruled_sentences_are_gone_and_agreeing_ones_stay() -> None:
    known = site(cause=Cause.DEVICE, because=("No domain fits.",))
    assert settled(known, decision(Cause.BUSY)).because == (REASON,)
    assert settled(known, decision(Cause.DEVICE)).because == (REASON, "No domain fits.")


def test_what_the_analysis_left_to_review_is_settled() -> None:
    compared = site(cause=Cause.DEVICE, action=Action.REVIEW, because=("Compared elsewhere.",))
    assert settled(compared).action is Action.REVIEW
    done = settled(compared, decision(Cause.DEVICE))
    assert (done.action, done.because) == (Action.REWRITE, (REASON,))


def test_a_site_can_be_left_alone() -> None:
    message = (Location(PATH, 9, 2, 80, 95),)
    known = site(cause=Cause.INCOMPATIBLE, prints=message, because=("Another would do.",))
    assert settled(known).action is Action.DROP_PRINT
    done = settled(known, decision(None), strict=True)
    assert (done.action, done.wanted, done.prints) == (Action.KEEP, None, ())
    assert (done.cause, done.decision) == (Cause.INCOMPATIBLE, REASON)


def test_a_site_can_be_opened_again() -> None:
    known = site(cause=Cause.DEVICE)
    assert settled(known).action is Action.REWRITE
    assert settled(known, decision(Cause.UNKNOWN)).action is Action.REVIEW


def test_a_swallowed_code_that_nobody_kept_stays_open() -> None:
    done = settled(site(), decision(Cause.SWALLOWED))
    assert (done.action, done.decision) == (Action.REVIEW, REASON)
    assert done.because[0] == REASON
    assert "no errno of a callee is kept" in done.because[1]


def test_an_errno_without_a_constant_here_stays_open() -> None:
    call = site(site=with_changes(site().site, form="call"), cause=Cause.KAPI)
    done = settled(call, decision(Cause.DEVICE))
    assert done.action is Action.REVIEW
    assert "there is no constant here" in done.because[1]
    assert settled(call, decision(Cause.KAPI)).action is Action.KEEP
    assert settled(call, decision(None)).action is Action.KEEP


@pytest.mark.parametrize(
    ("errno", "form"),
    [("?", "opaque"), ("EBUSY", "macro-body"), ("0", "success"), ("EPERM", "number")],
)
def test_a_value_that_cannot_be_rewritten_stays_open(errno: str, form: str) -> None:
    value = site(site=with_changes(site().site, errno=errno, form=form))
    for strict in (False, True):
        done = settled(value, decision(Cause.INCOMPATIBLE, errno=errno), strict=strict)
        assert done.action is Action.REVIEW
        assert "That cannot be done" in done.because[1]
    assert settled(value, decision(None, errno=errno)).action is Action.KEEP


@pytest.mark.parametrize("errno", ["?", "0"])
def test_a_value_of_no_errno_can_be_decided(errno: str) -> None:
    text = decision_text(
        {"function": "f", "errno": errno, "guard": "", "reason": "So.", "cause": "device"}
    )
    assert parse_decisions(text, "d.toml").items[0].errno == errno


def test_how_a_code_is_handed_on_goes_with_the_cause() -> None:
    kept = Split("ret", "call", Location(PATH, 9, 2, 80, 95), True, True)
    swallowed = site(cause=Cause.SWALLOWED, propagate="ret", split=kept)
    assert settled(swallowed, decision(Cause.SWALLOWED)).split == kept
    done = settled(swallowed, decision(Cause.DEVICE))
    assert (done.wanted, done.propagate, done.split) == ("ENODEV", None, None)


def test_one_constant_that_would_need_two_errnos_stays_open() -> None:
    other = with_changes(FITS, text="!iommu")
    ways = [site(), site(cause=Cause.BUSY, guard=(other,))]
    found = Decisions("d.toml", (decision(Cause.DEVICE),))
    first, second = decided(ways, load_policy("einval"), found)
    assert (first.action, second.action) == (Action.REVIEW, Action.REVIEW)
    assert first.because[0] == REASON
    assert "wants a different errno" in first.because[1]
