# SPDX-License-Identifier: GPL-2.0-only
"""Errnos of kernel functions: where they are converted, once, and where they are left."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from errno_gen.analysis.edits.proof import prove
from errno_gen.decisions import parse_decisions
from errno_gen.errors import ProofError
from errno_gen.model import Action, Cause, Edit, Verdict
from errno_gen.policy import load_policy
from outside import ATTACH, EMEDIUMTYPE, attach, converting, driver, judged, rewritten
from spatches import SPATCHES, put_in_path
from verdicts import PATH, find, source

Convert = Callable[..., str]


@pytest.fixture(params=sorted(SPATCHES))
def convert(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Convert:
    put_in_path(tmp_path / "bin", SPATCHES[request.param], monkeypatch)
    return lambda text, **options: rewritten(text, tmp_path, **options)


def on_calls(text: str, **options: object) -> list[Verdict]:
    return [verdict for verdict in judged(text, **options) if verdict.callee]  # type: ignore[arg-type]


# --- where it is converted --------------------------------------------------------------

_SET = "if (ret == -EINVAL)\n\t\tret = -ENODEV;"
_HELPER = """\
static int my_get(struct device *dev)
{
	if (dev->on)
		return get_sync(dev);

	return 0;
}

"""
PLACES = {
    "at a return of its own": (
        ("ret = get_sync(dev);", "if (ret < 0)", "\treturn ret;", "return 0;"),
        "\tret = get_sync(dev);\n\tif (ret < 0)\n\t\treturn ret == -EINVAL ? -ENODEV : ret;\n",
    ),
    "at a return behind a message": (
        ("ret = get_sync(dev);", "if (ret) {", '\tdev_err(dev, "%d", ret);', "\treturn ret;", "}",
         "return 0;"),
        '\t\tdev_err(dev, "%d", ret);\n\t\treturn ret == -EINVAL ? -ENODEV : ret;\n\t}\n',
    ),
    "behind a call before a shared way out": (
        ("ret = fine(dev);", "if (ret)", "\tgoto out;", "ret = get_sync(dev); /* on */", "if (ret)",
         "\tgoto out;", "ret = 0;", "out:", "return ret;"),
        f"\tret = get_sync(dev); /* on */\n\t{_SET}\n\tif (ret)\n\t\tgoto out;\n",
    ),
    "behind a call that an arm of ?: returns": (
        ("ret = get_sync(dev);", "if (ret < 0)", "\tput_noidle(dev);", "return ret < 0 ? ret : 0;"),
        f"\tret = get_sync(dev);\n\t{_SET}\n\tif (ret < 0)\n",
    ),
    "behind a call whose value is copied": (
        ("int err;", "", "err = get_sync(dev);", "ret = err;", "if (unlikely(ret != 0))",
         "\tgoto out;", "ret = fine(dev);", "out:", "return ret;"),
        "\terr = get_sync(dev);\n\tif (err == -EINVAL)\n\t\terr = -ENODEV;\n\tret = err;\n",
    ),
    "behind the message of an arm": (
        ("ret = fine(dev);", "if (ret)", "\tgoto out;", "ret = get_sync(dev);", "if (ret) {",
         '\tdev_err(dev, "%d", ret);', "\tgoto out;", "}", "ret = 0;", "out:", "return ret;"),
        '\t\tdev_err(dev, "%d", ret);\n\t\tif (ret == -EINVAL)\n\t\t\tret = -ENODEV;\n'
        "\t\tgoto out;\n",
    ),
    "behind the declarations": (
        ("int err = get_sync(dev);", "void *own;", "", "if (err)", "\tgoto out;",
         "err = fine(dev);", "out:", "return err;"),
        "\tvoid *own;\n\n\tif (err == -EINVAL)\n\t\terr = -ENODEV;\n\tif (err)\n",
    ),
    "of a call that is returned": (
        ("ret = fine(dev);", "if (ret)", "\treturn ret;", "return set_up(dev,", "\t      1);"),
        "\tret = set_up(dev,\n\t\t     1);\n\treturn ret == -EINVAL ? -ENODEV : ret;\n",
    ),
    "at a return that a loop shares with 0": (
        ("int i;", "", "ret = 0;", "for (i = 0; i < 4; i++) {", "\tret = set_up(dev, i);",
         "\tif (ret)", '\t\tdev_err(dev, "%d", ret);', "}", "return ret;"),
        "\treturn ret == -EINVAL ? -ENODEV : ret;\n",
    ),
    "at several returns if nothing else is left": (
        ("ret = get_sync(dev);", "if (ret == -EAGAIN)", "\treturn ret;", 'pr_err("%d", ret);',
         "if (ret)", "\treturn ret;", "return 0;"),
        '\tpr_err("%d", ret);\n\tif (ret)\n\t\treturn ret == -EINVAL ? -ENODEV : ret;\n',
    ),
    "in an assignment that is tested": (
        ("if ((ret = get_sync(dev))) {", "\tput_noidle(dev);", "\treturn ret;", "}", "return 0;"),
        "\t\tput_noidle(dev);\n\t\treturn ret == -EINVAL ? -ENODEV : ret;\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PLACES)
def test_an_errno_is_converted_once(name: str, convert: Convert) -> None:
    lines, expected = PLACES[name]
    text = attach(*lines)
    (verdict,) = on_calls(text)
    assert (verdict.cause, verdict.wanted, verdict.action) == (
        Cause.KAPI, "ENODEV", Action.REWRITE,
    )  # fmt: skip
    after = convert(text)
    assert expected in after
    # The conversion is all that changes, and a second run finds nothing to do.
    assert after.count("-ENODEV") == 1
    assert convert(after) == after
    assert not on_calls(after)
    (left,) = [v for v in judged(after) if v.site.errno == "ENODEV"]
    assert (left.cause, left.action) == (Cause.KAPI, Action.KEEP)
    assert "takes the place of" in left.because[0]


def test_a_helper_that_hands_on_leaves_it_to_its_caller_on_the_path(convert: Convert) -> None:
    text = attach(
        "ret = my_get(dev);", "if (ret)", "\treturn ret;", "return 0;",
        before=_HELPER + "static int my_probe(struct device *dev)\n{\n\treturn my_get(dev);\n}\n\n",
    )  # fmt: skip
    (verdict,) = on_calls(text)
    assert (verdict.site.function, verdict.outside_callers) == ("my_get", ())
    after = convert(text)
    assert after == text.replace("\t\treturn ret;", "\t\treturn ret == -EINVAL ? -ENODEV : ret;")
    assert convert(after) == after


@pytest.mark.parametrize(
    ("statement", "named"), [("return my_get(dev);", ("my_probe",)), ("my_get(dev);", ())]
)
def test_who_else_sees_what_the_function_returns_is_named(
    statement: str, named: tuple[str, ...]
) -> None:
    text = attach(
        "return my_get(dev);",
        before="static int my_get(struct device *dev)\n{\n\tint err;\n\n\terr = get_sync(dev);\n"
        f"\treturn err;\n}}\n\nint my_probe(struct device *dev)\n{{\n\t{statement}\n}}\n\n",
    )
    (verdict,) = on_calls(text)
    assert verdict.outside_callers == named


def test_what_a_propagation_uncovers_is_converted_in_the_same_run(convert: Convert) -> None:
    text = attach(
        "ret = my_get(dev);", "if (ret)", "\treturn -EINVAL;", "return 0;",
        before="static int my_get(struct device *dev)\n{\n\tint err;\n\n\terr = get_sync(dev);\n"
        "\treturn err;\n}\n\n",
    )  # fmt: skip
    after = convert(text)
    assert "\treturn err == -EINVAL ? -ENODEV : err;\n" in after
    assert "\tif (ret)\n\t\treturn ret;\n" in after
    assert convert(after) == after
    direct = attach("ret = get_sync(dev);", "if (ret < 0)", "\treturn -EINVAL;", "return 0;")
    after = convert(direct)
    assert f"\tret = get_sync(dev);\n\t{_SET}\n\tif (ret < 0)\n\t\treturn ret;\n" in after
    assert convert(after) == after


def test_what_gets_a_variable_by_the_same_rewrite_is_converted_by_the_next(
    convert: Convert,
) -> None:
    text = attach("if (get_sync(dev) < 0)", "\treturn -EINVAL;", "ret = fine(dev);", "return ret;")
    (verdict,) = on_calls(text)
    assert verdict.action is Action.REVIEW
    assert "Apply to the result again." in verdict.because[-1]
    kept = convert(text)
    assert "\tret = get_sync(dev);\n\tif (ret < 0)\n\t\treturn ret;\n" in kept
    after = convert(kept)
    assert "\t\treturn ret == -EINVAL ? -ENODEV : ret;\n" in after
    assert convert(after) == after


def test_two_reserved_errnos_are_converted_together(convert: Convert) -> None:
    both = EMEDIUMTYPE.replace('reserved = ["EMEDIUMTYPE"]', 'reserved = ["EINVAL", "EMEDIUMTYPE"]')
    text = attach("ret = mount(dev);", "if (ret)", "\treturn ret;", "return 0;")
    after = convert(text, policy=converting(both, "EIO"))
    assert "\t\treturn ret == -EINVAL || ret == -EMEDIUMTYPE ? -EIO : ret;\n" in after
    assert convert(after, policy=converting(both, "EIO")) == after
    after = convert(text, policy=converting(EMEDIUMTYPE))
    assert "\t\treturn ret == -EMEDIUMTYPE ? -ENODEV : ret;\n" in after


# --- where it is left -------------------------------------------------------------------

LEFT = {
    "kept in a member": (
        ("dev->ret = get_sync(dev);", "return dev->ret;"), "`dev->ret` is no local integer",
    ),
    "in a pointer": (
        ("void *p = find(dev);", "", "if (IS_ERR(p))", "\treturn PTR_ERR(p);", "return 0;"),
        "Its errno comes in a pointer",
    ),
    "read by a message that anyone passes": (
        ("ret = fine(dev);", "if (!ret)", "\tret = get_sync(dev);", 'dev_dbg(dev, "%d", ret);',
         "return ret;"), "`dev_dbg()` reads the value",
    ),
    "returned by a message": (
        ("ret = get_sync(dev);", "if (ret)", '\treturn dev_err_probe(dev, ret, "no");',
         "return 0;"), "`dev_err_probe()` reads the value",
    ),
    "alone in an arm": (
        ("ret = fine(dev);", "if (!ret)", "\tret = get_sync(dev);", "return ret;"),
        "the only one in an arm",
    ),
    "one of two halves": (
        ("ret = fine(dev) ?: get_sync(dev);", "if (ret)", "\tput(dev);", "return ret;"),
        "more than what the call returns",
    ),
    "its address is known": (
        ("ret = get_sync(dev);", "note(&ret);", "return ret;"), "`ret` is no local integer",
    ),
    "put into an unsigned": (
        ("unsigned int err = get_sync(dev);", "", "return err;"), "`err` is no local integer",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LEFT)
def test_without_a_place_it_is_left_to_a_person(name: str, convert: Convert) -> None:
    lines, expected = LEFT[name]
    text = attach(*lines)
    (verdict,) = on_calls(text)
    assert verdict.action is Action.REVIEW
    assert expected in verdict.because[-1]
    assert verdict.because[-1].startswith("Left alone: ")
    assert convert(text) == text
    # Nobody but who wants it converted is told.
    (kept,) = on_calls(text, policy=load_policy("einval"))
    assert kept.action is Action.KEEP and "Left alone" not in " ".join(kept.because)


def test_a_call_that_is_returned_needs_a_variable(convert: Convert) -> None:
    text = driver(f"{ATTACH}{{\n\treturn get_sync(dev);\n}}\n")
    (verdict,) = on_calls(text)
    assert verdict.action is Action.REVIEW
    assert "no error variable is at hand" in verdict.because[-1]
    assert convert(text) == text


def test_a_caller_that_looks_for_an_errno_keeps_it() -> None:
    text = attach(
        "ret = my_get(dev);", "if (ret == -EINVAL)", "\tput(dev);", "return ret;",
        before="static int my_get(struct device *dev)\n{\n\tint err;\n\n\terr = get_sync(dev);\n"
        "\treturn err;\n}\n\n",
    )  # fmt: skip
    (verdict,) = on_calls(text)
    assert verdict.action is Action.REVIEW
    assert "compares the value with an errno" in verdict.because[-1]


DOMAIN = attach("ret = set_up(dev, domain->type);", "if (ret)", "\treturn ret;", "return 0;")


def test_a_call_that_is_told_of_the_domain_is_left_to_a_person(convert: Convert) -> None:
    (verdict,) = on_calls(DOMAIN)
    assert verdict.action is Action.REVIEW
    assert "`set_up()` is given `domain->type`, which comes from the domain" in verdict.because[-1]
    assert not any("told nothing" in text for text in verdict.because)
    assert convert(DOMAIN) == DOMAIN


RESUME = """\
static int my_resume(struct device *dev)
{
	struct my_iommu *iommu = dev_get_drvdata(dev);

	if (%s)
		return -EINVAL;
	return 0;
}

static const struct dev_pm_ops my_pm_ops = {
	.runtime_resume = my_resume,
};

"""


def test_a_call_that_comes_back_to_the_driver_may_hand_on_what_that_means(
    convert: Convert,
) -> None:
    lines = ("ret = pm_runtime_get_sync(dev);", "if (ret < 0)", "\treturn ret;", "return 0;")
    unknown = attach(*lines, before=RESUME % "MY_REVISION < 2")
    (verdict,) = on_calls(unknown)
    assert verdict.action is Action.REVIEW
    assert "`pm_runtime_get_sync()` may call `my_resume()` of the driver" in verdict.because[-1]
    assert convert(unknown) == unknown
    device = attach(*lines, before=RESUME % "!iommu")
    after = convert(device)
    assert "\t\treturn -ENODEV;\n" in after
    assert "\t\treturn ret == -EINVAL ? -ENODEV : ret;\n" in after
    assert convert(after) == after


def test_an_errno_that_does_not_leave_is_no_site() -> None:
    text = attach("ret = get_sync(dev);", "if (ret == -EINVAL)", "\treturn -EIO;", "return ret;")
    assert not on_calls(text)


# --- decisions --------------------------------------------------------------------------

TWO = attach(
    "ret = get_sync(dev);", "if (ret)", "\treturn ret;",
    "ret = set_up(dev, 1);", "if (ret)", "\treturn ret;", "return 0;",
)  # fmt: skip


def _decision(fields: str) -> str:
    reason = 'reason = "So it is."'
    return f'[[decision]]\nfunction = "my_attach"\nerrno = "EINVAL"\nguard = ""\n{fields}\n{reason}'


def test_the_conversion_of_one_call_can_be_turned_off(convert: Convert) -> None:
    found = parse_decisions(_decision('call = "get_sync"\naction = "keep"'), "d.toml")
    kept, done = on_calls(TWO, decisions=found)
    assert (kept.action, kept.decision, done.action) == (Action.KEEP, "So it is.", Action.REWRITE)
    after = convert(TWO, decisions=found)
    assert after.count("return ret == -EINVAL ? -ENODEV : ret;") == 1
    assert after.index("set_up") < after.index("-ENODEV")
    assert convert(after, decisions=found) == after
    assert found.stale(judged(TWO)) == ()


def test_a_decision_without_a_call_is_about_all_of_them() -> None:
    found = parse_decisions(_decision('action = "keep"'), "d.toml")
    assert {verdict.action for verdict in on_calls(TWO, decisions=found)} == {Action.KEEP}


def test_a_decision_on_a_call_that_is_not_there_is_stale() -> None:
    found = parse_decisions(_decision('call = "fine"\naction = "keep"'), "d.toml")
    assert len(found.stale(judged(TWO))) == 1


def test_a_person_settles_the_doubt(convert: Convert) -> None:
    found = parse_decisions(_decision('cause = "kapi"'), "d.toml")
    (verdict,) = on_calls(DOMAIN, decisions=found)
    assert (verdict.action, verdict.because[0]) == (Action.REWRITE, "So it is.")
    after = convert(DOMAIN, decisions=found)
    assert "return ret == -EINVAL ? -ENODEV : ret;" in after
    assert convert(after, decisions=found) == after


def test_a_person_says_what_one_call_means_whatever_the_policy(convert: Convert) -> None:
    found = parse_decisions(_decision('call = "set_up"\ncause = "busy"'), "d.toml")
    einval = load_policy("einval")
    assert convert(TWO) != convert(TWO, policy=einval, decisions=found)
    after = convert(TWO, policy=einval, decisions=found)
    assert after.count("return ret == -EINVAL ? -EBUSY : ret;") == 1
    fits = parse_decisions(_decision('cause = "incompatible"'), "d.toml")
    assert convert(TWO, decisions=fits) == TWO


# --- the proof --------------------------------------------------------------------------

_BEFORE = source("int f(int x)\n{\n\tif (x)\n\t\tret = g(x);\n\tret = h(x);\n\treturn ret;\n}\n")
_VALUE = "ret == -EINVAL ? -ENODEV : ret"
_BEHIND = f"; {_SET}"


def _proof(old: str, number: int, new: str) -> None:
    place = find(_BEFORE, old, number)
    text = _BEFORE.text.decode()
    after = text[: place.start] + new + text[place.end :]
    prove(PATH, _BEFORE.text, after.encode(), (Edit("kapi", place, old, new),))


@pytest.mark.parametrize(
    ("old", "number", "new"),
    [
        ("ret", 3, _VALUE),
        ("ret", 3, "ret == -EINVAL || ret == -EMEDIUMTYPE ? -EIO : ret"),
        (";", 1, _BEHIND),
        ("return", 0, f"{_SET} return"),
    ],
)
def test_a_conversion_is_proven(old: str, number: int, new: str) -> None:
    _proof(old, number, new)


@pytest.mark.parametrize(
    ("old", "number", "new"),
    [
        ("ret", 3, "ret == -EINVAL ? -ENODEV : 0"),
        ("ret", 3, "ret != -EINVAL ? -ENODEV : ret"),
        ("ret", 3, "x == -EINVAL ? -ENODEV : x"),
        ("ret", 3, "ret == -EINVAL && ret == -EIO ? -ENODEV : ret"),
        ("ret", 3, "ret == -EINVAL ? ENODEV : ret"),
        ("ret", 3, "ret == -1 ? -ENODEV : ret"),
        (";", 0, _BEHIND),  # in an arm without braces
        (";", 1, "; if (ret == -EINVAL) x = -ENODEV;"),
        (";", 1, "; if (ret == -EINVAL) ret = -ENODEV; x = 1;"),
        (";", 1, "; if (ret == -EINVAL) ret = 0;"),
        (";", 1, "; ret = -ENODEV;"),
        ("return", 0, f"{_SET} {_SET} return"),
        ("return", 0, f"{_SET}"),
    ],
)
def test_what_does_more_than_convert_is_refused(old: str, number: int, new: str) -> None:
    with pytest.raises(ProofError):
        _proof(old, number, new)
