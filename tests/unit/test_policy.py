# SPDX-License-Identifier: GPL-2.0-only
"""Policies: what ships loads, mistakes are named with line and key, decisions follow."""

from __future__ import annotations

from pathlib import Path

import pytest

from errno_gen.errors import InputError
from errno_gen.model import Action, Cause, Location, Site, Verdict
from errno_gen.policy import Policy, load_policy, parse_policy, shipped_policies
from errno_gen.resources import data_file

EINVAL = data_file("policies", "einval.toml").read_text(encoding="utf-8")


def verdict(cause: Cause, errno: str, **changes: object) -> Verdict:
    place = Location("drivers/iommu/x.c", 10, 8, 100, 107)
    values: dict[str, object] = {
        "driver": "x",
        "callbacks": ("x_attach",),
        "site": Site("x_attach", place, errno, "return", place),
        "guard": (),
        "origins": (),
        "chain": (),
        "cause": cause,
        "rule": "test",
        "because": ("Because.",),
    }
    return Verdict(**(values | changes))  # type: ignore[arg-type]


MESSAGE = (Location("drivers/iommu/x.c", 9, 2, 80, 95),)


@pytest.fixture
def einval() -> Policy:
    return load_policy("einval")


@pytest.fixture
def emediumtype() -> Policy:
    return load_policy("emediumtype")


def test_every_shipped_policy_loads_under_its_own_name() -> None:
    assert shipped_policies() == ("einval", "emediumtype")
    for name in shipped_policies():
        assert load_policy(name).name == name


def test_a_policy_can_be_a_file(tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text(EINVAL.replace('name = "einval"', 'name = "mine"'), encoding="utf-8")
    assert load_policy(str(mine)).name == "mine"


def test_an_unknown_policy_names_those_that_exist() -> None:
    with pytest.raises(InputError) as caught:
        load_policy("evinal")
    assert caught.value.message == "unknown policy 'evinal'"
    assert "einval, emediumtype" in caught.value.hint


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        load_policy(str(tmp_path / "none.toml"))


def test_a_file_that_is_not_text(tmp_path: Path) -> None:
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="not UTF-8 text"):
        load_policy(str(tmp_path / "binary.toml"))


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ('busy = "EBUSY"', 'busy = "EBUZY"', 'busy = "EBUZY"', "'causes.busy' 'EBUZY' is not"),
        ('busy = "EBUSY"', "busy = 16", "busy = 16", "'causes.busy' must be a string"),
        ('busy = "EBUSY"', 'bsy = "EBUSY"', 'bsy = "EBUSY"', "'causes.bsy' 'bsy' is no cause"),
        ("schema = 1", "schema = 2", "schema = 2", "'schema' only schema 1"),
        ("schema = 1", "schema = true", "schema = true", "'schema' must be a number"),
        ("position = 1", "position = -1", "[[callback.parameters]]", "counts from 0"),
        ('role = "device"', 'role = "domain"', "[[callback.parameters]]", "one domain and one"),
        ('type = "device"', 'type = "a b"', "[[callback.parameters]]", "is not a C identifier"),
        ("rewrite_reserved = true", 'rewrite_reserved = "no"', None, "must be true or false"),
        ("[scope]", "[scope]\ndrop_logs = 1", "drop_logs = 1", "'scope.drop_logs' is unknown"),
        ('kapi = "leave"', 'kapi = "propagate"', 'kapi = "propagate"', "'propagate' is not the"),
        ('kapi = "leave"', 'kapi = "EINVAL"', 'kapi = "EINVAL"', "which is reserved itself"),
        ('nospc = "ENOSPC"', 'nospc = "convert"', 'nospc = "convert"', "'convert' is not the"),
        ('incompatible = "drop"', 'incompatable = "drop"', None, "'incompatable' is no cause"),
        (
            'incompatible = "drop"',
            'incompatible = "mute"',
            None,
            "'messages.incompatible' 'mute' is none of drop, debug, keep",
        ),
        ("[messages]", 'drop_prints = ["busy"]\n[messages]', None, "said by the table messages"),
        ('reserved = ["EINVAL"]', "reserved = [22]", "reserved = [22]", "must be a list of str"),
    ],
)
def test_a_mistake_is_named_with_file_line_and_key(
    old: str, new: str, line: str | None, message: str
) -> None:
    text = EINVAL.replace(old, new, 1) if old != "position = 1" else EINVAL.replace(old, new)
    assert text != EINVAL
    with pytest.raises(InputError) as caught:
        parse_policy(text, "mine.toml")
    told = caught.value.message
    assert told.startswith("policy mine.toml, line ")
    assert message in told
    if line is not None and not line.startswith("[["):
        number = int(told.split("line ")[1].split(":")[0])
        assert text.splitlines()[number - 1].strip() == line


@pytest.mark.parametrize("name", ["EOPNOTSUPP", "EWOULDBLOCK", "EDEADLOCK", "EPROBE_DEFER"])
def test_every_errno_of_linux_may_be_wanted(name: str) -> None:
    policy = parse_policy(EINVAL.replace('busy = "EBUSY"', f'busy = "{name}"'), "mine.toml")
    assert policy.causes[Cause.BUSY] == name


CALL = Site("x_attach", MESSAGE[0], "EINVAL", "call", MESSAGE[0])


@pytest.mark.parametrize(("value", "wanted"), [("convert", "ENODEV"), ("EIO", "EIO")])
def test_an_errno_of_a_kernel_function_is_converted_if_the_policy_says_so(
    value: str, wanted: str
) -> None:
    policy = parse_policy(EINVAL.replace('kapi = "leave"', f'kapi = "{value}"'), "mine.toml")
    assert policy.causes[Cause.KAPI] == wanted
    done = policy.decide(verdict(Cause.KAPI, "EINVAL", site=CALL))
    assert (done.action, done.wanted) == (Action.REWRITE, wanted)
    # A constant in the place of such an errno is the conversion itself.
    kept = policy.decide(verdict(Cause.KAPI, "ENXIO"))
    assert (kept.action, kept.wanted) == (Action.KEEP, None)


def test_an_errno_of_a_kernel_function_is_left_by_default(einval: Policy) -> None:
    done = einval.decide(verdict(Cause.KAPI, "EINVAL", site=CALL))
    assert (done.action, done.wanted) == (Action.KEEP, None)


def test_converting_does_not_need_that_other_reserved_errnos_are_rewritten() -> None:
    text = data_file("policies", "emediumtype.toml").read_text(encoding="utf-8")
    policy = parse_policy(text.replace('kapi = "leave"', 'kapi = "convert"'), "mine.toml")
    site = Site("x_attach", MESSAGE[0], "EMEDIUMTYPE", "call", MESSAGE[0])
    done = policy.decide(verdict(Cause.KAPI, "EMEDIUMTYPE", site=site))
    assert (done.action, done.wanted) == (Action.REWRITE, "ENODEV")


def test_converting_needs_an_errno_that_is_not_reserved() -> None:
    convert = EINVAL.replace('kapi = "leave"', 'kapi = "convert"')
    left = convert.replace('device = "ENODEV"', 'device = "leave"')
    with pytest.raises(InputError, match="takes the errno of 'device', which has none"):
        parse_policy(left, "mine.toml")
    reserved = convert.replace('reserved = ["EINVAL"]', 'reserved = ["EINVAL", "ENODEV"]')
    with pytest.raises(InputError, match="to ENODEV, which is reserved itself"):
        parse_policy(reserved, "mine.toml")


def test_an_errno_that_linux_lacks_is_none() -> None:
    with pytest.raises(InputError, match="'ENOTSUP' is not the name of an errno"):
        parse_policy(EINVAL.replace('busy = "EBUSY"', 'busy = "ENOTSUP"'), "mine.toml")


def test_a_missing_key_is_named() -> None:
    with pytest.raises(InputError, match=r"'scope\.reserved' is missing"):
        parse_policy(EINVAL.replace('reserved = ["EINVAL"]', ""), "mine.toml")


def test_a_missing_cause_is_named() -> None:
    with pytest.raises(InputError, match="no errno for the cause 'nospc'"):
        parse_policy(EINVAL.replace('nospc = "ENOSPC"', ""), "mine.toml")


def test_broken_toml_is_named_with_its_line() -> None:
    with pytest.raises(InputError, match=r"not valid TOML: .*line 1"):
        parse_policy("schema = = 1", "mine.toml")


def test_an_incompatible_domain_gets_the_errno_and_loses_its_message(einval: Policy) -> None:
    decided = einval.decide(verdict(Cause.INCOMPATIBLE, "EBUSY", prints=MESSAGE))
    assert (decided.action, decided.wanted, decided.prints) == (Action.REWRITE, "EINVAL", MESSAGE)


def test_the_right_errno_with_a_message_only_loses_the_message(einval: Policy) -> None:
    decided = einval.decide(verdict(Cause.INCOMPATIBLE, "EINVAL", prints=MESSAGE))
    assert (decided.action, decided.prints) == (Action.DROP_PRINT, MESSAGE)


NAME = (Location("drivers/iommu/x.c", 9, 2, 80, 87),)


@pytest.mark.parametrize(
    ("table", "rewritten", "right"),
    [
        ('[messages]\nincompatible = "drop"', MESSAGE, Action.DROP_PRINT),
        ('[messages]\nincompatible = "debug"', NAME, Action.DEBUG_PRINT),
        ('[messages]\nincompatible = "keep"', (), Action.KEEP),
        ("[messages]", (), Action.KEEP),
        ('drop_prints = ["incompatible"]', MESSAGE, Action.DROP_PRINT),
        ("drop_prints = []", (), Action.KEEP),
    ],
)
def test_a_policy_says_what_becomes_of_messages(
    table: str, rewritten: tuple[Location, ...], right: Action
) -> None:
    start = EINVAL.index("# What becomes of the messages")
    end = EINVAL.index("\n\n", start)
    policy = parse_policy(EINVAL[:start] + table + EINVAL[end:], "mine.toml")
    told = {"prints": MESSAGE, "printers": NAME, "staying": ("A.",), "audible": ("B.",)}
    done = policy.decide(verdict(Cause.INCOMPATIBLE, "EBUSY", **told))
    assert (done.action, done.prints) == (Action.REWRITE, rewritten)
    assert done.because[1:] == {MESSAGE: ("A.",), NAME: ("B.",), (): ()}[rewritten]
    only = policy.decide(verdict(Cause.INCOMPATIBLE, "EINVAL", **told))
    assert (only.action, only.prints) == (right, rewritten)


def test_the_right_errno_without_a_message_stays(einval: Policy) -> None:
    assert einval.decide(verdict(Cause.INCOMPATIBLE, "EINVAL")).action is Action.KEEP


def test_a_reserved_errno_with_another_cause_is_rewritten(einval: Policy) -> None:
    decided = einval.decide(verdict(Cause.DEVICE, "EINVAL", prints=MESSAGE))
    assert (decided.action, decided.wanted, decided.prints) == (Action.REWRITE, "ENODEV", ())


def test_a_discouraged_errno_is_rewritten_only_when_strict(einval: Policy) -> None:
    found = verdict(Cause.DEVICE, "ENXIO")
    assert einval.decide(found).action is Action.DISCOURAGED
    assert einval.decide(found, strict=True).action is Action.REWRITE


def test_busy_stays_busy(einval: Policy) -> None:
    assert einval.decide(verdict(Cause.BUSY, "EBUSY")).action is Action.KEEP


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("errno", ["EPROBE_DEFER", "EAGAIN", "EINTR", "ERESTARTSYS", "ETIMEDOUT"])
@pytest.mark.parametrize("cause", [Cause.INCOMPATIBLE, Cause.DEVICE, Cause.SWALLOWED])
def test_an_errno_that_means_what_it_says_stays(
    einval: Policy, cause: Cause, errno: str, strict: bool
) -> None:
    found = verdict(cause, errno, prints=MESSAGE, propagate="ret")
    decided = einval.decide(found, strict=strict)
    soft = cause is Cause.INCOMPATIBLE
    assert (decided.wanted, decided.prints) == (None, ())
    assert decided.action is (Action.REVIEW if soft else Action.KEEP)
    assert decided.cause is (Cause.UNKNOWN if soft else cause)
    assert decided.because[-1].startswith(f"{errno} says that ")


def test_a_person_may_overrule_what_an_errno_says(einval: Policy) -> None:
    found = verdict(Cause.INCOMPATIBLE, "EAGAIN", decision="It does not fit.")
    assert einval.decide(found).action is Action.REWRITE


def test_a_policy_may_say_more_of_errnos() -> None:
    text = EINVAL.replace("[wording]", '[meanings]\nEXDEV = "it is elsewhere"\n\n[wording]')
    found = verdict(Cause.DEVICE, "EXDEV")
    assert parse_policy(EINVAL, "mine.toml").decide(found).wanted
    decided = parse_policy(text, "mine.toml").decide(found)
    assert (decided.wanted, decided.because[-1]) == (
        None,
        "EXDEV says that it is elsewhere, so it stays.",
    )
    wrong = text.replace("EXDEV = ", "EAGAINST = ")
    with pytest.raises(InputError, match=r"meanings\.EAGAINST"):
        parse_policy(wrong, "mine.toml")


def test_an_unknown_cause_goes_to_review(einval: Policy) -> None:
    decided = einval.decide(verdict(Cause.UNKNOWN, "EINVAL", prints=MESSAGE))
    assert (decided.action, decided.wanted, decided.prints) == (Action.REVIEW, None, ())


def test_what_the_analysis_sent_to_review_stays_there(einval: Policy) -> None:
    found = verdict(Cause.INCOMPATIBLE, "EBUSY", action=Action.REVIEW, prints=MESSAGE)
    decided = einval.decide(found, strict=True)
    assert (decided.action, decided.prints) == (Action.REVIEW, ())


def test_a_swallowed_code_is_propagated_if_it_can_be(einval: Policy) -> None:
    carried = einval.decide(verdict(Cause.SWALLOWED, "ENODEV", propagate="ret"))
    assert (carried.action, carried.wanted) == (Action.REWRITE, "propagate")
    assert einval.decide(verdict(Cause.SWALLOWED, "ENODEV")).action is Action.REVIEW


def test_emediumtype_rewrites_incompatible_domains_only(emediumtype: Policy) -> None:
    decided = emediumtype.decide(verdict(Cause.INCOMPATIBLE, "EINVAL"))
    assert (decided.action, decided.wanted) == (Action.REWRITE, "EMEDIUMTYPE")
    assert emediumtype.decide(verdict(Cause.DEVICE, "EMEDIUMTYPE")).action is not Action.REWRITE
    assert emediumtype.decide(verdict(Cause.SWALLOWED, "ENODEV")).action is Action.KEEP


def test_the_words_of_the_rules(einval: Policy) -> None:
    assert einval.rules is not None
    assert einval.rules.causes[Cause.NOMEM] == "memory ran out"
    assert einval.rules.parameters["device"] == "the device that the domain is attached to"
    without = parse_policy(EINVAL.partition("[rules]")[0], "mine.toml")
    assert without.rules is None


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('nomem = "memory ran out"\n', "", r"'rules\.causes' does not say what 'nomem' means"),
        ('nomem = "memory ran out"', "nomem = 1", r"'rules\.causes\.nomem' must be"),
        ('nomem = "memory', 'nomen = "memory', "'nomen' is no cause"),
        ('summary = "Attach', 'title = "Attach', r"'rules\.title' is unknown"),
        ('summary = "Attach a domain"\n', "", r"'rules\.summary' is missing"),
        ('device = "the device that', '"a b" = "the device that', "'a b' is not a C identifier"),
        ("[rules.parameters]", "[[rules.parameters]]", r"'rules\.parameters' must be a table"),
    ],
)
def test_what_is_wrong_with_the_rules(old: str, new: str, problem: str) -> None:
    assert old in EINVAL
    with pytest.raises(InputError, match=problem):
        parse_policy(EINVAL.replace(old, new), "mine.toml")
