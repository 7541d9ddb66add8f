# SPDX-License-Identifier: GPL-2.0-only
"""The proof accepts exactly the planned change, and lexes whatever it is given."""

from __future__ import annotations

import re

import pytest

from errno_gen.analysis.c.text.lexer import code, lex
from errno_gen.analysis.edits.proof import prove
from errno_gen.errors import ProofError
from errno_gen.model import Edit
from verdicts import PATH, find, messages, place, source

_BEFORE = """\
#define LIMIT 4 /* not more */
int f(struct device *dev, int x)
{
	int ret = 0; // none yet

	/* in use */
	if (x == LIMIT) {
		dev_err(dev, "in use\\n"); /* tell */
		return -EBUSY;
	} else {
		x = 1;
	}
	if (ret) {
		return ret;
	}
	return -EBUSY;
}
"""
_AFTER = """\
#define LIMIT 4 /* not more */
int f(struct device *dev, int x)
{
	int ret = 0; // none yet

	/* in use */
	if (x == LIMIT)
		return -EINVAL;
	else
		x = 1;
	if (ret) {
		return ret;
	}
	return -EBUSY;
}
"""
_FILE = source(_BEFORE)
_EDITS = (
    Edit("drop-print", messages(_FILE, "dev_err")[0], 'dev_err(dev, "in use\\n");', ""),
    Edit("errno", find(_FILE, "-EBUSY"), "-EBUSY", "-EINVAL"),
)


def _prove(after: str, before: str = _BEFORE, edits: tuple[Edit, ...] = _EDITS) -> None:
    prove(PATH, before.encode(), after.encode(), edits)


def test_planned_change_is_proven() -> None:
    _prove(_AFTER)


def test_braces_may_stay_and_white_space_may_differ() -> None:
    with_braces = _AFTER.replace("LIMIT)\n", "LIMIT) {\n").replace("\telse\n", "\t} else {\n")
    _prove(with_braces.replace("\t\tx = 1;\n", "\t\tx  =\n1;\n\n\t}\n"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("-EINVAL", "-EBUSY"),  # a planned edit is missing
        ("-EINVAL", "-EXDEV"),  # or is another one
        ("-EINVAL", "EINVAL"),
        ("return -EBUSY", "return -EINVAL"),  # one that is not planned
        ("return ret;", "return 0;"),
        ("x = 1;", "x = 1; x = 1;"),
        ("x = 1;", ";"),
        ("/* in use */", ""),  # a comment is lost
        ("/* in use */", "/* in  use */"),
        ("// none yet", ""),
        ("/* in use */", "/* in use *//* tell */"),  # one that goes with the message is back
        ("if (ret) {\n\t\treturn ret;\n\t}", "if (ret)\n\t\treturn ret;"),  # braces elsewhere
        ("LIMIT 4", "LIMIT  4"),  # white space is syntax there
        ("more */\n", "more */ "),
        ("// none yet\n", "// none yet "),
        ("return -EBUSY;\n}", "return -EBUSY;\n"),
        ("return -EBUSY;\n}", "return -EBUSY;\n}\nint y;"),
        ("else\n\t\tx = 1;", "else {\n\t\tx = 1; }}"),
    ],
)
def test_anything_else_is_refused(old: str, new: str) -> None:
    after = new.join(_AFTER.rsplit(old, 1))
    assert after != _AFTER
    with pytest.raises(ProofError, match=re.escape(PATH)):
        _prove(after)


@pytest.mark.parametrize(
    "body",
    [
        "P; a(); b();",  # more than one statement
        "P; if (a) b();",  # an else behind it would stray
        "P; for (;;) b();",
        "P; /* why */ b();",  # a comment keeps them
        "P; out: b();",
        "P; {b();}",
        "P; ;",
    ],
)
def test_braces_that_are_needed(body: str) -> None:
    before = f"void f(void)\n{{\n\tif (x) {{ {body} }}\n\tc();\n}}\n"
    file = source(before := before.replace("P;", 'pr_err("a");'))
    edits = (Edit("drop-print", messages(file, "pr_err")[0], 'pr_err("a");', ""),)
    shorter = before.replace('pr_err("a"); ', "")
    _prove(shorter, before, edits)
    inner = shorter[shorter.index("{ ") + 2 : shorter.index(" }\n\tc")]
    with pytest.raises(ProofError):
        _prove(shorter.replace(f"{{ {inner} }}", inner), before, edits)


def test_function_body_keeps_its_braces() -> None:
    before = 'void f(void)\n{\n\tpr_err("a");\n\tb();\n}\n'
    edits = (Edit("drop-print", messages(source(before), "pr_err")[0], 'pr_err("a");', ""),)
    _prove("void f(void)\n{\n\tb();\n}\n", before, edits)
    with pytest.raises(ProofError):
        _prove("void f(void)\n\tb();\n", before, edits)


def test_plan_that_does_not_fit_the_file() -> None:
    for edit in (
        Edit("errno", find(_FILE, "-EBUSY"), "-EXDEV", "-EINVAL"),
        Edit("errno", find(_FILE, "BUSY"), "BUSY", "XDEV"),
        Edit("errno", find(_FILE, "LIMIT 4"), "LIMIT 4", "LIMIT 5"),
    ):
        with pytest.raises(ProofError):
            _prove(_BEFORE, edits=(edit,))
    foreign = Edit("errno", find(source(_BEFORE, "other.c"), "-EBUSY"), "-EBUSY", "-EINVAL")
    with pytest.raises(ProofError):
        _prove(_BEFORE.replace("-EBUSY", "-EINVAL", 1), edits=(foreign,))


@pytest.mark.parametrize(
    ("text", "texts"),
    [
        (b"a->b--c", [b"a", b"->", b"b", b"--", b"c"]),
        (b'x = "a /* b */ \\" // c";', [b"x", b"=", b'"a /* b */ \\" // c"', b";"]),
        (b"'\"' '\\''", [b"'\"'", b"'\\''"]),
        (b"0x1fUL 1.5e+3 .5f", [b"0x1fUL", b"1.5e+3", b".5f"]),
        (b"#define A(x) \\\n  x /* a\n b */ y\nz", [b"#define A(x) \\\n  x /* a\n b */ y", b"z"]),
        (b"a # b", [b"a", b"#", b"b"]),
        (b"/* c */ #if 1\nx", [b"#if 1", b"x"]),
        (b"a // b \\\n c\nd", [b"a", b"d"]),
        (b'"no end\nx', [b'"no end', b"x"]),
        (b"\xff`@", [b"\xff", b"`", b"@"]),
    ],
)
def test_lexer(text: bytes, texts: list[bytes]) -> None:
    assert [lexeme.text for lexeme in code(text)] == texts


def test_comments_that_do_not_end() -> None:
    assert [each.kind for each in lex(b"a /* b")] == ["name", "comment"]


_SHOUT = """\
int f(struct device *dev, int x)
{
	if (x) {
		if (x > 1)
			dev_err(dev, "two\\n");
		dev_warn_once(dev, "one\\n");
		return -EINVAL;
	}
	return g(dev_err);
}
"""


def _quiet(old: str, new: str, number: int = 0) -> tuple[Edit, ...]:
    return (Edit("debug-print", find(source(_SHOUT), old, number), old, new),)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("dev_err", "dev_dbg"),
        ("dev_warn_once", "dev_dbg_once"),
        ("dev_warn_once", "dev_dbg"),
    ],
)
def test_a_debug_message_has_another_name_only(old: str, new: str) -> None:
    _prove(_SHOUT.replace(old, new, 1), _SHOUT, _quiet(old, new))


@pytest.mark.parametrize(
    ("old", "new", "number"),
    [
        ("dev_err", "dev_info", 0),
        ("dev_err", "pr_dbg", 0),
        ("dev_err", "dev_dbg(dev), dev_dbg", 0),
        ("dev_err", "dev_dbg_once", 0),
        ("dev_warn_once", "dev_dbg_ratelimited", 0),
        ("dev_err", "dev_dbg", 1),  # no call
        ("g", "g_dbg", 0),
    ],
)
def test_a_debug_message_that_is_none(old: str, new: str, number: int) -> None:
    parts = _SHOUT.split(old)
    after = old.join(parts[: number + 1]) + new + old.join(parts[number + 1 :])
    with pytest.raises(ProofError, match="does more than name a debug message"):
        _prove(after, _SHOUT, _quiet(old, new, number))


@pytest.mark.parametrize("inside", ["x++", "x = 1", "f(x)); return x; if (1"])
def test_an_if_that_goes_may_only_log(inside: str) -> None:
    before = _SHOUT.replace("x > 1", inside)
    start = before.index(f"if ({inside}")
    old = before[start : before.index("two")] + 'two\\n");'
    edit = Edit("drop-print", find(source(before), old), old, "")
    with pytest.raises(ProofError, match="drops more than messages"):
        _prove(before.replace(old, ""), before, (edit,))
    quiet = old.replace(inside, "x > 1")
    edit = Edit("drop-print", find(source(_SHOUT), quiet), quiet, "")
    _prove(_SHOUT.replace(quiet, ""), _SHOUT, (edit,))


_BARE = """\
#define busy 1
int f(struct device *dev)
{
	struct thing *x; /* it */
	int y = 1;

	if (g(dev)) {
		int z;
		return -EIO;
	}
	return 0;
}
"""


@pytest.mark.parametrize(
    ("around", "old", "new"),
    [
        ("int y = 1;", ";", ";\n\tint ret;"),
        ("{\n\tstruct", "{", "{\n\tint ret;\n"),
        ("; /* it */", "; /* it */", "; /* it */\n\tint ret;"),
    ],
)
def test_a_variable_is_declared_at_the_head(around: str, old: str, new: str) -> None:
    _prove(*_declaring(around, old, new))


@pytest.mark.parametrize(
    ("around", "old", "new"),
    [
        ("int y = 1;", ";", ";\n\tint ret = 1;"),
        ("int y = 1;", ";", ";\n\tint *ret;"),
        ("int y = 1;", ";", ";\n\tint ret; f();"),
        ("int y = 1;", ";", ";\n\tlong ret;"),
        ("int y = 1;", ";", ";\n\tint dev;"),  # the name is not free
        ("int y = 1;", ";", ";\n\tint z;"),
        ("int y = 1;", ";", ";\n\tint busy;"),
        ("return 0;", ";", ";\n\tint ret;"),  # not at the head
        ("int z;", ";", ";\n\tint ret;"),
        ("{\n\t\tint z", "{", "{\n\tint ret;"),
    ],
)
def test_a_variable_elsewhere_or_with_more_is_refused(around: str, old: str, new: str) -> None:
    with pytest.raises(ProofError, match="does more than set one errno"):
        _prove(*_declaring(around, old, new))


def _declaring(around: str, old: str, new: str) -> tuple[str, str, tuple[Edit, ...]]:
    where = find(source(_BARE), around)
    start = where.start + around.index(old)
    at = place(source(_BARE), start, start + len(old))
    return _BARE[:start] + new + _BARE[start + len(old) :], _BARE, (Edit("split", at, old, new),)
