# SPDX-License-Identifier: GPL-2.0-only
"""Dropping messages: the layout that is left, and the messages that must stay."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from errno_gen.errors import SourceError
from errno_gen.model import (
    Action,
    DriverPatch,
    Fate,
    Location,
    SourceFile,
    Split,
    Verdict,
    with_changes,
)
from errno_gen.stages.rewrite import rewrite
from spatches import SPATCHES, put_in_path
from verdicts import (
    DRIVER,
    dropping,
    find,
    function,
    lines_of,
    messages,
    place,
    source,
    verdict,
)

Rewrite = Callable[[SourceFile, Sequence[Verdict]], DriverPatch | None]


@pytest.fixture(params=sorted(SPATCHES))
def run(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rewrite:
    put_in_path(tmp_path / "bin", SPATCHES[request.param], monkeypatch)

    def rewrite_one(file: SourceFile, verdicts: Sequence[Verdict]) -> DriverPatch | None:
        files = {file.path: file}
        return rewrite(DRIVER, (), verdicts, files, scratch=tmp_path, timeout=60)

    return rewrite_one


def test_message_goes_and_so_do_the_braces(run: Rewrite) -> None:
    file = function(
        "if (x) {",
        '\tdev_err(dev, "in use: %s\\n",',
        "\t\tdev_name(dev));",
        "\treturn -EBUSY;",
        "}",
    )
    patch = run(file, [dropping(file, "EBUSY", "dev_err")])
    assert lines_of(patch) == ["if (x)", "\treturn -EINVAL;"]
    assert patch is not None and [edit.kind for edit in patch.edits] == ["drop-print", "errno"]


def test_drop_print_alone(run: Rewrite) -> None:
    file = function("if (x) {", '\tdev_err(dev, "in use\\n");', "\treturn -EINVAL;", "}")
    dropped = verdict(
        find(file, "-EINVAL"),
        "EINVAL",
        "EINVAL",
        action=Action.DROP_PRINT,
        prints=messages(file, "dev_err"),
    )
    assert lines_of(run(file, [dropped])) == ["if (x)", "\treturn -EINVAL;"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # All arms of an if lose their braces, or none.
        (
            ["if (x) {", "\tP;", "\treturn -EBUSY;", "} else {", "\tx = 1;", "}"],
            ["if (x)", "\treturn -EINVAL;", "else", "\tx = 1;"],
        ),
        (
            ["if (x) {", "\tP;", "\treturn -EBUSY;", "} else {", "\tx = 1;", "\ty = 1;", "}"],
            ["if (x) {", "\treturn -EINVAL;", "} else {", "\tx = 1;", "\ty = 1;", "}"],
        ),
        (
            ["if (x) {", "\ty = 1;", "} else if (y) {", "\tP;", "\treturn -EBUSY;", "}"],
            ["if (x)", "\ty = 1;", "else if (y)", "\treturn -EINVAL;"],
        ),
        # A body of one statement that is no plain one keeps them, or an else would stray.
        (
            ["if (x) {", "\tP;", "\tif (y)", "\t\treturn -EBUSY;", "}"],
            ["if (x) {", "\tif (y)", "\t\treturn -EINVAL;", "}"],
        ),
        # Comments keep them; one behind the message goes with it.
        (
            ["if (x) {", "\t/* why */", "\tP; /* tell */", "\treturn -EBUSY;", "}"],
            ["if (x) {", "\t/* why */", "\treturn -EINVAL;", "}"],
        ),
        (
            ["if (x) {", "\tP;", "\treturn -EBUSY; /* why */", "}"],
            ["if (x) {", "\treturn -EINVAL; /* why */", "}"],
        ),
        # A comment on a message at the block's end is orphaned.
        (
            ["if (x) {", "\tret = -EBUSY;", "\t/* tell */", "\tP;", "}"],
            ["if (x)", "\tret = -EINVAL;"],
        ),
        # Blank lines: none is left at the block's ends, none is doubled.
        (
            ["if (x) {", "\tP;", "", "\tret = -EBUSY;", "\tgoto out;", "}", "out:"],
            ["if (x) {", "\tret = -EINVAL;", "\tgoto out;", "}", "out:"],
        ),
        (
            ["if (x) {", "", "\tP;", "", "\treturn -EBUSY;", "}"],
            ["if (x)", "\treturn -EINVAL;"],
        ),
        (
            ["if (x) {", "\tret = -EBUSY;", "\ty = 1;", "", "\tP;", "}"],
            ["if (x) {", "\tret = -EINVAL;", "\ty = 1;", "}"],
        ),
        (
            ["if (x) {", "\ty = 1;", "", "\tP;", "", "\treturn -EBUSY;", "}"],
            ["if (x) {", "\ty = 1;", "", "\treturn -EINVAL;", "}"],
        ),
        # More than one thing on a line.
        (["if (x) { P; return -EBUSY; }"], ["if (x)", "\treturn -EINVAL;"]),
        (
            ["if (x) {", "\ty = 1; P;", "\treturn -EBUSY;", "}"],
            ["if (x) {", "\ty = 1;", "\treturn -EINVAL;", "}"],
        ),
        # Other statements with a body.
        (
            ["for_each_thing(x) {", "\tP;", "\treturn -EBUSY;", "}"],
            ["for_each_thing(x)", "\treturn -EINVAL;"],
        ),
        (
            ["switch (x) {", "case 1:", "\tP;", "\treturn -EBUSY;", "}"],
            ["switch (x) {", "case 1:", "\treturn -EINVAL;", "}"],
        ),
        (
            ["if (x)", "{", "\tP;", "\treturn -EBUSY;", "}"],
            ["if (x)", "\treturn -EINVAL;"],
        ),
        # Braces that were unnecessary before are none of our business.
        (
            ["if (y) {", "\ty = 1;", "}", "if (x) {", "\tP;", "\treturn -EBUSY;", "}"],
            ["if (y) {", "\ty = 1;", "}", "if (x)", "\treturn -EINVAL;"],
        ),
        # Preprocessor lines keep them.
        (
            ["if (x) {", "\tP;", "#ifdef A", "\ty = 1;", "#endif", "\treturn -EBUSY;", "}"],
            ["if (x) {", "#ifdef A", "\ty = 1;", "#endif", "\treturn -EINVAL;", "}"],
        ),
    ],
)
def test_layout(run: Rewrite, before: list[str], after: list[str]) -> None:
    file = function(*(line.replace("P;", 'dev_err(dev, "in use\\n");') for line in before))
    assert lines_of(run(file, [dropping(file, "EBUSY", "dev_err")])) == after


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (["if (x)", '\tdev_err(dev, "a");', "ret = -EBUSY;"], "not in a block"),
        (["if (x) {", '\tdev_err(dev, "a");', "}", "ret = -EBUSY;"], "does nothing else"),
        (["if (x) {", '\tdev_err(dev, "a", y++);', "\treturn -EBUSY;", "}"], "more than print"),
        (["if (x) {", '\tdev_err(dev, "a", y = 1);', "\treturn -EBUSY;", "}"], "more than print"),
        (["if (x) {", "out:", '\tdev_err(dev, "a");', "\treturn -EBUSY;", "}"], "not in a block"),
        (
            ["if (x) {", "\tint y = f();", '\tdev_err(dev, "%d", y);', "\treturn -EBUSY;", "}"],
            "use y",
        ),
        (
            [
                "if (x) {",
                "\tint y;",
                "\ty = f();",
                '\tdev_err(dev, "%d", y);',
                "\treturn -EBUSY;",
                "}",
            ],
            "use y",
        ),
        (["if (x) {", '\tdev_err(dev, "%d", ret);', "\treturn -EBUSY;", "}"], "use ret"),
    ],
)
def test_message_that_must_stay(run: Rewrite, lines: list[str], why: str) -> None:
    file = function(*lines)
    patch = run(file, [dropping(file, "EBUSY", "dev_err")])
    assert lines_of(patch) == [line.replace("-EBUSY", "-EINVAL") for line in lines]
    assert patch is not None
    (served,) = patch.verdicts
    assert served.prints == () and served.action is Action.REWRITE
    assert served.because[0] == "Somebody said so."
    assert "The message stays" in served.because[1] and why in served.because[1]


def test_message_may_go_where_the_variable_has_other_readers(run: Rewrite) -> None:
    file = function("if (ret) {", '\tdev_err(dev, "%d", ret);', "\treturn -EBUSY;", "}")
    assert lines_of(run(file, [dropping(file, "EBUSY", "dev_err")])) == [
        "if (ret)",
        "\treturn -EINVAL;",
    ]


def test_messages_that_share_a_last_variable_stay_together(run: Rewrite) -> None:
    lines = [
        "if (x) {", '\tdev_err(dev, "a", ret);', "\treturn -EBUSY;", "}",
        "if (y) {", '\tdev_warn(dev, "b", ret);', "\treturn -EXDEV;", "}",
        "if (z) {", '\tpr_err("c", x);', "\treturn -ENXIO;", "}",
    ]  # fmt: skip
    file = function(*lines)
    patch = run(
        file,
        [
            dropping(file, "EBUSY", "dev_err"),
            dropping(file, "EXDEV", "dev_warn"),
            dropping(file, "ENXIO", "pr_err"),
        ],
    )
    assert lines_of(patch)[:8] == [
        line.replace("EBUSY", "EINVAL").replace("EXDEV", "EINVAL") for line in lines[:8]
    ]
    assert lines_of(patch)[8:] == ["if (z)", "\treturn -EINVAL;"]


def test_static_helper_of_the_message_keeps_it(run: Rewrite) -> None:
    text = (
        "static const char *name_of(int x)\n{\n\treturn names[x];\n}\n\n"
        "int example(struct device *dev, int x)\n{\n\tif (x) {\n"
        '\t\tdev_err(dev, "%s\\n", name_of(x));\n\t\treturn -EBUSY;\n\t}\n}\n'
    )
    file = source(text)
    patch = run(file, [dropping(file, "EBUSY", "dev_err")])
    assert patch is not None
    assert patch.changes[0].after.decode() == text.replace("-EBUSY", "-EINVAL")


_IF = [
    "if (x > 1) {",
    "\tif (x > 2)",
    '\t\tdev_err(dev, "a\\n");',
    "\telse if (x > 3) {",
    '\t\tdev_err(dev, "b\\n"); /* b */',
    '\t\tpr_err("c\\n");',
    "\t}",
    "\treturn -EBUSY;",
    "}",
    "return x;",
]


def _whole_if(file: SourceFile, beginning: str, end: str) -> Location:
    first, last = find(file, beginning), find(file, end)
    return place(file, first.start, last.end)


def test_an_if_that_only_logs_goes_whole(run: Rewrite) -> None:
    file = function(*_IF)
    prints = (_whole_if(file, "if (x > 2)", 'pr_err("c\\n");\n\t\t}'),)
    wanted = with_changes(dropping(file, "EBUSY"), prints=prints)
    patch = run(file, [wanted])
    assert lines_of(patch) == ["if (x > 1)", "\treturn -EINVAL;", "return x;"]
    assert patch is not None and patch.verdicts == (wanted,)


@pytest.mark.parametrize(
    ("condition", "statement", "why"),
    [
        ("x++ > 2", "P;", "more than print"),
        ("(x = ret)", "P;", "more than print"),
        ("({ x; })", "P;", "more than print"),
        ("x > 2", "x = 1;", "not a statement of its own"),
        ("x > 2", "return x;", "not a statement of its own"),
        ("x > 2", "{ P; x = 1; }", "not a statement of its own"),
        ("ret > 2", "P;", "nothing else would use ret"),
        ("x > 2, x > 3", "P;", "more than one expression"),
    ],
)
def test_an_if_that_does_more_stays(run: Rewrite, condition: str, statement: str, why: str) -> None:
    inner = statement.replace("P;", 'dev_err(dev, "a");')
    lines = ["if (x > 1) {", f"\tif ({condition})", f"\t\t{inner}", "\treturn -EBUSY;", "}"]
    file = function(*lines, "return x;")
    prints = (_whole_if(file, f"if ({condition})", inner),)
    patch = run(file, [with_changes(dropping(file, "EBUSY"), prints=prints)])
    assert lines_of(patch)[:5] == [line.replace("-EBUSY", "-EINVAL") for line in lines]
    assert patch is not None and why in patch.verdicts[0].because[1]


def _quieted(file: SourceFile, errno: str, *names: str) -> Verdict:
    prints = tuple(find(file, name) for name in names)
    wanted = verdict(find(file, f"-{errno}"), errno, "EINVAL", prints=prints)
    return with_changes(wanted, messages=Fate.DEBUG)


def test_a_message_becomes_a_debug_one(run: Rewrite) -> None:
    file = function(
        "if (x) {",
        "\t/* why */",
        '\tdev_warn(dev, "in use: %s %s\\n",',
        "\t\t dev_name(dev),",
        "\t\t name_of(x,",
        "\t\t\t y)); /* tell */",
        "\tif (x > 1)",
        '\t\tpr_err_ratelimited("a\\n");',
        "\tret = -EBUSY;",
        "\tgoto out;",
        "}",
        "out:",
        "return ret;",
    )
    patch = run(file, [_quieted(file, "EBUSY", "dev_warn", "pr_err_ratelimited")])
    assert lines_of(patch) == [
        "if (x) {",
        "\t/* why */",
        '\tdev_dbg(dev, "in use: %s %s\\n",',
        "\t\tdev_name(dev),",
        "\t\tname_of(x,",
        "\t\t\ty)); /* tell */",
        "\tif (x > 1)",
        '\t\tpr_debug_ratelimited("a\\n");',
        "\tret = -EINVAL;",
        "\tgoto out;",
        "}",
        "out:",
        "return ret;",
    ]
    assert patch is not None
    assert [edit.kind for edit in patch.edits] == ["debug-print", "debug-print", "errno"]


def test_a_message_alone_becomes_a_debug_one(run: Rewrite) -> None:
    lines = ["if (x) {", "\tdev_err_once(dev,", '\t\t"a\\n");', "\treturn -EINVAL;", "}"]
    file = function(*lines)
    found = _quieted(file, "EINVAL", "dev_err_once")
    patch = run(file, [with_changes(found, action=Action.DEBUG_PRINT)])
    assert lines_of(patch) == [line.replace("_err_", "_dbg_") for line in lines]


def test_an_errno_is_set_behind_a_message_that_becomes_a_debug_one(run: Rewrite) -> None:
    file = function(
        "ret = -ENODEV;",
        "if (x) {",
        '\tdev_err(dev, "a\\n");',
        "\tgoto out;",
        "}",
        "if (!dev)",
        "\tgoto out;",
        "ret = 0;",
        "out:",
        "return ret;",
    )
    branch = _whole_if(file, "if (x)", "goto out;\n\t}")
    split = Split("ret", "arm", branch, True, False)
    found = with_changes(_quieted(file, "ENODEV", "dev_err"), split=split)
    assert lines_of(run(file, [found]))[:6] == [
        "ret = -ENODEV;",
        "if (x) {",
        '\tdev_dbg(dev, "a\\n");',
        "\tret = -EINVAL;",
        "\tgoto out;",
        "}",
    ]


@pytest.mark.parametrize("name", ["example_err", "printk", "dump_stack", "return"])
def test_a_message_without_a_debug_form_is_refused(run: Rewrite, name: str) -> None:
    file = function("if (x) {", f'\t{name} ("a\\n");', "\treturn -EBUSY;", "}")
    with pytest.raises(SourceError, match="no call of a message that has a debug form"):
        run(file, [_quieted(file, "EBUSY", name)])
