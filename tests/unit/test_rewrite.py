# SPDX-License-Identifier: GPL-2.0-only
"""The rewrite stage with verdicts made by hand: what changes, what stays, what is refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from errno_gen.errors import ProofError, SourceError, ToolError
from errno_gen.model import (
    Action,
    Callback,
    Cause,
    DriverPatch,
    Location,
    SourceFile,
    Verdict,
    with_changes,
)
from errno_gen.stages.rewrite import left_alone, rewrite
from spatches import SPATCHES, fake_spatch, put_in_path
from verdicts import DRIVER, PATH, find, function, lines_of, messages, source, verdict

Rewrite = Callable[[SourceFile, Sequence[Verdict]], DriverPatch | None]


@pytest.fixture(params=sorted(SPATCHES))
def run(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rewrite:
    put_in_path(tmp_path / "bin", SPATCHES[request.param], monkeypatch)
    return lambda file, verdicts: _rewrite(file, verdicts, tmp_path)


def _rewrite(
    file: SourceFile, verdicts: Sequence[Verdict], scratch: Path, timeout: float = 60
) -> DriverPatch | None:
    files = {file.path: file}
    return rewrite(DRIVER, (), verdicts, files, scratch=scratch, timeout=timeout)


def test_only_the_planned_constant_of_a_line_changes(run: Rewrite) -> None:
    file = function("ret = x ? -EBUSY : -EBUSY; if (ret == -EBUSY) return -EBUSY;")
    patch = run(file, [verdict(find(file, "-EBUSY", 1), "EBUSY", "EINVAL")])
    assert lines_of(patch) == ["ret = x ? -EBUSY : -EINVAL; if (ret == -EBUSY) return -EBUSY;"]
    assert patch is not None and patch.changes[0].before == file.text
    (edit,) = patch.edits
    assert (edit.kind, edit.old, edit.new, edit.location.line) == ("errno", "-EBUSY", "-EINVAL", 5)


@pytest.mark.parametrize(
    ("statement", "constant"),
    [
        ("return -EBUSY;", "-EBUSY"),
        ("return (-EBUSY);", "-EBUSY"),
        ("return (-EBUSY);", "(-EBUSY)"),
        ("return - EBUSY;", "- EBUSY"),
        ("ret = -EBUSY;", "-EBUSY"),
        ("return (long)-EBUSY;", "-EBUSY"),
        ("p = ERR_PTR(-EBUSY);", "-EBUSY"),
        ('return dev_err_probe(dev, -EBUSY, "no\\n");', "-EBUSY"),
        ("list_for_each_entry(a, b, c) if (a->x) return -EBUSY;", "-EBUSY"),
        ("my_odd_iterator(a, b) { return -EBUSY; }", "-EBUSY"),
        ("return -EBUSY; /* -EBUSY: in use */", "-EBUSY"),
    ],
)
def test_every_form(run: Rewrite, statement: str, constant: str) -> None:
    file = function(statement)
    where = find(file, constant)
    expected = statement.replace("- EBUSY", "-EBUSY").replace("-EBUSY", "-EINVAL", 1)
    assert lines_of(run(file, [verdict(where, "EBUSY", "EINVAL")])) == [expected]


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("return MY_ERR;", "MY_ERR"),
        ("return (MY_ERR);", "MY_ERR"),
        ("return -MY_ERRNO;", "-MY_ERRNO"),
        ("ret = -(my_errno);", "-(my_errno)"),
    ],
)
def test_a_macro_that_stands_for_an_errno_gives_way_to_one(
    run: Rewrite, statement: str, named: str
) -> None:
    file = function(statement)
    plain = verdict(find(file, named), "EBUSY", "EINVAL")
    patch = run(file, [with_changes(plain, site=with_changes(plain.site, form="macro"))])
    assert lines_of(patch) == [statement.replace(named, "-EINVAL")]


def test_initialiser(run: Rewrite) -> None:
    file = source("int example(int x)\n{\n\tint a, ret = -EBUSY, b;\n\n\treturn ret;\n}\n")
    patch = run(file, [verdict(find(file, "-EBUSY"), "EBUSY", "EINVAL")])
    assert patch is not None and b"\tint a, ret = -EINVAL, b;\n" in patch.changes[0].after


def test_propagate(run: Rewrite) -> None:
    file = function(
        "ret = enable(x);", "if (ret)", "\treturn -ENODEV;", "x = a ? -EINVAL : 0;", "x = -EIO;"
    )
    patch = run(
        file,
        [
            verdict(find(file, "-ENODEV"), "ENODEV", "propagate", propagate="ret"),
            verdict(find(file, "-EINVAL"), "EINVAL", "propagate", propagate="b ? b : c"),
            verdict(find(file, "-EIO"), "EIO", "propagate", propagate="b ? b : c"),
        ],
    )
    assert lines_of(patch)[2:] == ["\treturn ret;", "x = a ? (b ? b : c) : 0;", "x = b ? b : c;"]
    assert patch is not None and {edit.kind for edit in patch.edits} == {"propagate"}


@pytest.mark.parametrize("odd", ["return-EBUSY;", "return -(EBUSY);", "return - EBUSY;"])
def test_a_constant_of_odd_format(odd: str, run: Rewrite) -> None:
    file = function(odd)
    constant = odd.removeprefix("return").strip(" ;")
    found = [verdict(find(file, constant), "EBUSY", "EINVAL")]
    assert lines_of(run(file, found)) == [odd.replace(constant, "-EINVAL")]


def test_verdicts_that_share_a_constant_must_agree(run: Rewrite) -> None:
    file = function("ret = -EBUSY;", "x = -EXDEV;", "return ret;")
    shared, other = find(file, "-EBUSY"), find(file, "-EXDEV")
    agreeing = [verdict(shared, "EBUSY", "EINVAL"), verdict(shared, "EBUSY", "EINVAL")]
    assert lines_of(run(file, agreeing)) == ["ret = -EINVAL;", "x = -EXDEV;", "return ret;"]
    opponents = [
        verdict(shared, "EBUSY", "ENODEV"),
        verdict(shared, "EBUSY", None, action=Action.KEEP),
        verdict(shared, "EBUSY", None, action=Action.REVIEW),
    ]
    for opponent in opponents:
        patch = run(file, [agreeing[0], opponent, verdict(other, "EXDEV", "EINVAL")])
        assert lines_of(patch) == ["ret = -EBUSY;", "x = -EINVAL;", "return ret;"]
        assert patch is not None and len(patch.verdicts) == 3
        assert patch.verdicts[0].action is Action.REVIEW
        assert "another way out" in patch.verdicts[0].because[-1]
        left = run(file, [agreeing[0], opponent])
        assert left is not None and (left.changes, left.edits) == ((), ())
        assert left.verdicts[0] == patch.verdicts[0]


def test_nothing_to_change(tmp_path: Path) -> None:
    file = function("return -EBUSY;")
    where = find(file, "-EBUSY")
    assert _rewrite(file, [], tmp_path) is None
    assert _rewrite(file, [verdict(where, "EBUSY", None, action=Action.KEEP)], tmp_path) is None
    assert _rewrite(file, [verdict(where, "EBUSY", "EBUSY")], tmp_path) is None


def test_constant_outside_of_functions_is_left_alone(tmp_path: Path) -> None:
    file = source("#define CODE -EBUSY\nint table[] = { -EBUSY };\n")
    for number in (0, 1):
        found = verdict(find(file, "-EBUSY", number), "EBUSY", "EINVAL")
        patch = _rewrite(file, [found], tmp_path)
        assert patch is not None and patch.changes == ()
        assert left_alone([found], [patch]) == patch.verdicts
        assert "not inside a function" in patch.verdicts[0].because[-1]


def test_verdict_of_another_revision(tmp_path: Path) -> None:
    file = function("return -EBUSY;")
    where = find(file, "-EBUSY")
    for bad in (
        verdict(where, "EXDEV", "EINVAL"),
        verdict(find(file, "return"), "EBUSY", "EINVAL"),
        verdict(Location(PATH, 9, 9, 9999, 10005), "EBUSY", "EINVAL", action=Action.REWRITE),
        verdict(Location("other.c", 1, 0, 0, 6), "EBUSY", "EINVAL"),
    ):
        if bad.site.constant.start == 9999:
            patch = _rewrite(file, [bad], tmp_path)
            assert patch is not None and patch.changes == ()
            continue
        with pytest.raises(SourceError):
            _rewrite(file, [bad], tmp_path)


def test_function_that_spatch_cannot_parse_is_named(run: Rewrite) -> None:
    file = source(
        "int ok(void)\n{\n}\n\nint odd(int x)\n{\n\tif ((x)\n\t\tfoo();\n\treturn -EBUSY;\n}\n"
    )
    with pytest.raises(SourceError, match=r"example\.c:5: Coccinelle cannot parse odd\(\)"):
        run(file, [verdict(find(file, "-EBUSY"), "EBUSY", "EINVAL")])


def test_files_with_our_marks_are_refused(tmp_path: Path) -> None:
    file = function("ERRNO_GEN_DROP(x);", "return -EBUSY;")
    with pytest.raises(SourceError, match="ERRNO_GEN_"):
        _rewrite(file, [verdict(find(file, "-EBUSY"), "EBUSY", "EINVAL")], tmp_path)


def test_unparsed_region_elsewhere_in_the_file_does_not_matter(run: Rewrite) -> None:
    odd = "static const struct ops x = { SET_ODD_OPS(a, b) MORE(;) };\n#define X {{{\nODD(y)\n\n"
    good = "int example(void)\n{\n\treturn %s;\n}\n"
    file = source(odd + good % "-EBUSY" + odd)
    patch = run(file, [verdict(find(file, "-EBUSY"), "EBUSY", "EINVAL")])
    assert patch is not None
    assert patch.changes[0].after.decode() == odd + good % "-EINVAL" + odd


def test_two_files_and_bytes_that_are_no_utf8(run: Rewrite, tmp_path: Path) -> None:
    one = source(b"int f(void)\n{\n\t/* J\xf6rg */\n\treturn -EBUSY;\n}\n", "a/one.c")
    two = source(
        b'int g(void)\n{\n\tif (x) {\n\t\tpr_err("\xf6");\n\t\treturn -EXDEV;\n\t}\n}\n', "a/two.c"
    )
    verdicts = [
        verdict(find(one, "-EBUSY"), "EBUSY", "EINVAL"),
        verdict(find(two, "-EXDEV"), "EXDEV", "EINVAL", prints=messages(two, "pr_err")),
    ]
    files = {file.path: file for file in (one, two, source("int h;\n", "a/three.c"))}
    patch = rewrite(DRIVER, (), verdicts, files, scratch=tmp_path, timeout=60)
    assert patch is not None
    assert [change.path for change in patch.changes] == ["a/one.c", "a/two.c"]
    assert patch.changes[0].after == one.text.replace(b"EBUSY", b"EINVAL")
    assert patch.changes[1].after == b"int g(void)\n{\n\tif (x)\n\t\treturn -EINVAL;\n}\n"


def test_other_drivers_verdicts_and_callbacks_are_ignored(run: Rewrite, tmp_path: Path) -> None:
    file = function("return -EBUSY;")
    mine = Callback(DRIVER.name, "example", PATH, 1, "attach_dev", "ops")
    foreign = Callback("foreign", "other", "other.c", 1, "attach_dev", "ops")
    found = verdict(find(file, "-EBUSY"), "EBUSY", "EINVAL")
    patch = rewrite(DRIVER, (mine, foreign), [found], {PATH: file}, scratch=tmp_path, timeout=60)
    assert patch is not None and patch.callbacks == (mine,)


_DO = "for f in f*.c; do sed -i 's/ERRNO_GEN_ERRNO(-EBUSY, \\(-E[A-Z]*\\))/%s/; %s' $f; done"


@pytest.mark.parametrize(
    ("script", "error"),
    [
        (_DO % (r"\1", ""), None),
        (_DO % ("-EXDEV", ""), ProofError),
        (_DO % ("", ""), ProofError),
        (_DO % (r"\1", "s/x = 1/x = 2/"), ProofError),
        (_DO % (r"\1", "s/x = 1;//"), ProofError),
        (_DO % (r"\1", "$ a int y;"), ProofError),
        ("for f in f*.c; do : >$f; done", ProofError),
        ("rm f0.c", ToolError),
        ("true", SourceError),
        ("sleep 20", ToolError),
    ],
)
def test_spatch_gone_wrong_is_noticed(
    script: str, error: type[Exception] | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_spatch(tmp_path / "bin", script, monkeypatch)
    file = function("x = 1;", "return -EBUSY;")
    found = [verdict(find(file, "-EBUSY"), "EBUSY", "EINVAL")]
    if error is None:
        patch = _rewrite(file, found, tmp_path)
        assert lines_of(patch) == ["x = 1;", "return -EINVAL;"]
        return
    with pytest.raises(error):
        _rewrite(file, found, tmp_path, timeout=2)


def test_the_time_is_for_all_steps_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine that is slow later gets no other commits than a fast one."""
    count = tmp_path / "count"
    slow = f"echo >> {count}; if [ $(wc -l < {count}) -gt 2 ]; then sleep 20; fi; "
    change = "sed -i 's/ERRNO_GEN_ERRNO(-[A-Z]*, \\(-[A-Z]*\\))/\\1/' f*.c"
    fake_spatch(tmp_path / "bin", slow + change, monkeypatch)
    file = function("if (a) return -EBUSY;", "return -ENXIO;")
    found = [
        verdict(find(file, "-EBUSY"), "EBUSY", "EINVAL"),
        with_changes(verdict(find(file, "-ENXIO"), "ENXIO", "ENODEV"), cause=Cause.DEVICE),
    ]
    options = {"scratch": tmp_path, "timeout": 2.0}
    whole = rewrite(DRIVER, (), found, {PATH: file}, **options)
    assert lines_of(whole) == ["if (a) return -EINVAL;", "return -ENODEV;"]
    count.unlink()
    with pytest.raises(ToolError, match="longer than"):
        rewrite(DRIVER, (), found, {PATH: file}, **options, steps=True)
