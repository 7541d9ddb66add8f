# SPDX-License-Identifier: GPL-2.0-only
"""Edits as semantic patches: what they say, with every version of spatch, and what they cannot."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

import analysis_fixtures as fixtures
from errno_gen.analysis.c.text.sameness import same_code
from errno_gen.errors import ToolError
from errno_gen.model import (
    Driver,
    DriverPatch,
    Fate,
    SemanticPatch,
    SourceFile,
    Verdict,
    with_changes,
)
from errno_gen.stages.rewrite import rewrite
from errno_gen.stages.smpl import Heading, semantic_patch
from errno_gen.tools import spatch
from outside import attach, judged
from spatches import SPATCHES, fake_spatch
from verdicts import DRIVER, PATH, find, function, messages, place, source, verdict

HEADING = Heading("iommu/example: Do it", "Because of it.", "Made for a test.", "attach_dev")

Emit = Callable[..., SemanticPatch]


@pytest.fixture
def emit(tmp_path: Path) -> Emit:
    def run(
        file: SourceFile, verdicts: Sequence[Verdict], near: Mapping[str, bytes] | None = None
    ) -> SemanticPatch:
        patch = rewrite(DRIVER, (), verdicts, {file.path: file}, scratch=tmp_path, timeout=60)
        assert patch is not None
        return emitted(patch, tmp_path, near)

    return run


def emitted(
    patch: DriverPatch, scratch: Path, near: Mapping[str, bytes] | None = None
) -> SemanticPatch:
    """The semantic patch, which every spatch turns into the same change, as it says."""
    made = semantic_patch(patch, near or {}, HEADING, scratch=scratch, timeout=120)
    before = {change.path: change.before for change in patch.changes}
    for program in SPATCHES.values():
        if not made.missing:
            after = spatch.transform(program, made.text, before, scratch=scratch, timeout=60)
            for change in patch.changes:
                exact = not made.imprecise
                assert same_code(after[change.path], change.after, comments=exact)
    return made


def rules(made: SemanticPatch) -> list[str]:
    """The bodies of the rules: what is between ``<...`` and ``...>``, without the margin."""
    return [
        re.sub(r"^(.)\t", r"\1", body, flags=re.MULTILINE)
        for body in re.findall(r"<\.\.\.\n(.*?)^ \t\.\.\.>", made.text, re.DOTALL | re.MULTILINE)
    ]


def test_the_file_has_a_head_like_those_of_the_kernel(emit: Emit) -> None:
    file = function("if (x)", "\treturn -EBUSY;", "return 0;")
    made = emit(file, [verdict(find(file, "-EBUSY"), "EBUSY", "EINVAL")])
    assert (made.driver, made.file) == ("example", "example.cocci")
    assert (made.expressed, made.total, made.missing, made.unfit) == (1, 1, (), "")
    versions = [spatch.version(program) for program in spatch.at_hand()]
    assert list(made.versions) == versions
    assert (
        made.text
        == (
            "// SPDX-License-Identifier: GPL-2.0-only\n///\n/// iommu/example: Do it\n///\n"
            "//# Because of it.\n//#\n"
            f"//# Made for a test.\n//# Tried with spatch {' and '.join(versions)}.\n"
            "//# At the top of the tree:\n"
            f"//# spatch --sp-file example.cocci --in-place {PATH}\n///\n"
            "// Confidence: High\n// Options: --no-includes\n"
            "// Keywords: attach_dev, errno, return value\n\nvirtual patch\n\n"
            "// Somebody said so.\n"
        )
        + made.short
    )
    assert made.short == (
        "@@\n@@\n example(...)\n {\n \t<...\n \tif (x)\n"
        "-\t\treturn -EBUSY;\n+\t\treturn -EINVAL;\n \t...>\n }\n"
    )


@pytest.mark.parametrize(
    ("lines", "constant", "expected"),
    [
        (["if (x) {", "\tx = 1;", "\tret = -EBUSY;", "\tgoto out;", "}", "out:", "return ret;"],
         0, " if (x) {\n \t...\n-\tret = -EBUSY;\n+\tret = -EINVAL;\n \tgoto out;\n }\n"),
        # The guard alone would fit both: what is done before tells them apart.
        (["ret = a();", "if (ret)", "\treturn -EBUSY;", "ret = b();", "if (ret)",
          "\treturn -EBUSY;", "return 0;"],
         1, " ret = b();\n if (ret)\n-\treturn -EBUSY;\n+\treturn -EINVAL;\n"),
        # So does what is around it.
        (["if (a) {", "\tif (x)", "\t\treturn -EBUSY;", "}", "if (b) {", "\tif (x)",
          "\t\treturn -EBUSY;", "}", "return 0;"],
         1, " if (b) {\n \t<...\n \tif (x)\n-\t\treturn -EBUSY;\n+\t\treturn -EINVAL;\n"
            " \t...>\n }\n"),
        (["if (x)", "\treturn 0;", "else", "\treturn -EBUSY;"],
         0, " if (x) S\n else\n-\treturn -EBUSY;\n+\treturn -EINVAL;\n"),
        (["if (x == 1) {", "\tret = 0;", "} else if (x) {", "\tret = -EBUSY;", "} else {",
          "\tret = 1;", "}", "return ret;"],
         0, " if (x) {\n-\tret = -EBUSY;\n+\tret = -EINVAL;\n } else S\n"),
        (["return x ? -EBUSY : -EBUSY; /* twice */"],
         1, "-return x ? -EBUSY : -EBUSY;\n+return x ? -EBUSY : -EINVAL;\n"),
        (["return x ? /* one */ -EBUSY : /* two */ -EBUSY;"],
         1, " return x ? -EBUSY :\n-\t-EBUSY\n+\t-EINVAL\n \t;\n"),
        (["int a = 1, b = -EBUSY, c;", "return b;"],
         0, " int b =\n-\t-EBUSY\n+\t-EINVAL\n \t;\n"),
        (["list_for_each_entry(p, &dev->list, node) {", "\tif ((u64)p->x > (size_t)x)",
          "\t\treturn -EBUSY;", "}", "return 0;"],
         0, " if ((u64)p->x > (size_t)x)\n-\treturn -EBUSY;\n+\treturn -EINVAL;\n"),
        (["switch (x) {", "case 1:", "\tret = 0;", "\tbreak;", "default:", "\treturn -EBUSY;", "}",
          "if (dev)", "\treturn -EBUSY;", "return ret;"],
         1, " if (dev)\n-\treturn -EBUSY;\n+\treturn -EINVAL;\n"),
    ],
)  # fmt: skip
def test_the_rule_names_the_guard(
    emit: Emit, lines: list[str], constant: int, expected: str
) -> None:
    file = function(*lines)
    made = emit(file, [verdict(find(file, "-EBUSY", constant), "EBUSY", "EINVAL")])
    assert rules(made) == [expected]
    assert not made.missing and not made.imprecise


def test_alike_changes_are_one_rule(emit: Emit) -> None:
    file = function("if (x)", "\treturn -EBUSY;", "if (x)", "\treturn -EBUSY;", "return 0;")
    both = [verdict(find(file, "-EBUSY", number), "EBUSY", "EINVAL") for number in (0, 1)]
    made = emit(file, both)
    assert (len(rules(made)), made.expressed, made.total) == (1, 2, 2)


def test_a_type_and_an_iterator_are_declared(emit: Emit) -> None:
    file = function(
        "for_each_thing(p, dev) {", "\tif ((u64)x)", "\t\treturn -EBUSY;", "}",
        "if ((u64)x)", "\treturn -EBUSY;", "return 0;",
    )  # fmt: skip
    made = emit(file, [verdict(find(file, "-EBUSY"), "EBUSY", "EINVAL")])
    assert "typedef u64;\niterator name for_each_thing;\n@@" in made.text
    (rule,) = rules(made)
    assert rule.startswith(" for_each_thing(p, dev) {\n \t<...\n")


def test_a_message_goes_and_a_comment_stays(emit: Emit) -> None:
    file = function(
        "if (x) {", "\t/* in use */", '\tdev_err(dev, "%d\\n", x);', "\treturn -EBUSY;", "}",
        "return 0;",
    )  # fmt: skip
    prints = messages(file, "dev_err(")
    made = emit(file, [verdict(find(file, "-EBUSY"), "EBUSY", "EINVAL", prints=prints)])
    assert rules(made) == [
        " if (x) {\n-\tdev_err(...);\n-\treturn -EBUSY;\n+\treturn -EINVAL;\n }\n"
    ]
    only = emit(file, [verdict(find(file, "-EBUSY"), "EBUSY", "EBUSY", prints=prints)])
    assert rules(only) == [
        " if (x) {\n-\tdev_err(...);\n-\treturn -EBUSY;\n+\treturn -EBUSY;\n }\n"
    ]
    assert "`return -EBUSY;` is put back so that the comment before it stays." in only.text


def test_a_message_becomes_a_debug_one(emit: Emit) -> None:
    file = function(
        "if (x) {", '\tdev_err(dev, "%d\\n", /* why */ x);', "\tif (x > 1)",
        '\t\tpr_warn_once("a");', "\treturn -EBUSY;", "}",
        "if (x < 0) {", '\tdev_err(dev, "stays\\n");', "\treturn -EIO;", "}", "return 0;",
    )  # fmt: skip
    names = (find(file, "dev_err"), find(file, "pr_warn_once"))
    found = verdict(find(file, "-EBUSY"), "EBUSY", "EINVAL", prints=names)
    made = emit(file, [with_changes(found, messages=Fate.DEBUG)])
    assert (made.missing, made.imprecise) == ((), ())
    assert "-\tdev_err\n+\tdev_dbg\n \t(...);\n" in made.text.replace("\t\t", "\t")
    assert "pr_debug_once" in made.text


def test_an_if_that_only_logs_goes(emit: Emit) -> None:
    file = function(
        "if (x) {", "\tif (x > 1)", '\t\tdev_err(dev, "a");', "\telse",
        '\t\tdev_err(dev, "b");', "\treturn -EBUSY;", "}", "return 0;",
    )  # fmt: skip
    whole = place(file, find(file, "if (x > 1)").start, find(file, '"b");').end)
    made = emit(file, [verdict(find(file, "-EBUSY"), "EBUSY", "EINVAL", prints=(whole,))])
    assert rules(made) == [
        ' if (x) {\n-\tif (x > 1)\n-\t\tdev_err(dev, "a");\n-\telse\n'
        '-\t\tdev_err(dev, "b");\n-\treturn -EBUSY;\n+\treturn -EINVAL;\n }\n'
    ]


def test_of_two_alike_messages_the_one_that_goes_is_told_whole(emit: Emit) -> None:
    file = function(
        "if (x) {", '\tdev_err(dev, "stays\\n");', '\tdev_err(dev, "goes  now\\n");',
        "\treturn -EBUSY;", "}", "return 0;",
    )  # fmt: skip
    prints = messages(file, 'dev_err(dev, "goes')
    made = emit(file, [verdict(find(file, "-EBUSY"), "EBUSY", "EINVAL", prints=prints)])
    (rule,) = rules(made)
    assert '-\tdev_err(dev, "goes  now\\n");\n' in rule
    assert not made.missing


def test_an_errno_is_handed_on(emit: Emit) -> None:
    file = function("ret = f(x);", "if (ret)", "\treturn -EBUSY;", "return 0;")
    made = emit(file, [verdict(find(file, "-EBUSY"), "EBUSY", "propagate", propagate="ret")])
    assert rules(made) == [" if (ret)\n-\treturn -EBUSY;\n+\treturn ret;\n"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("split_forms.c", " if (my_domain->width > iommu->width)"),
        ("split_print.c", "+\tret = -EINVAL;\n+\tgoto out;\n"),
        ("joined_mixed.c", "-if (!iommu || my_domain->iommu != iommu)\n+if (!iommu)\n"),
        ("swallowed_direct.c", "+ret = my_enable(dev_iommu_priv_get(dev));\n"),
        ("variable_new.c", " unsigned int err;\n+int ret;\n"),
    ],
)
def test_a_way_out_of_its_own(name: str, expected: str, tmp_path: Path) -> None:
    made = emitted(_fixture(name, tmp_path), tmp_path)
    assert (made.expressed, made.missing) == (made.total, ())
    assert name == "split_forms.c" or any(expected in rule for rule in rules(made))


def test_a_variable_is_declared_before_all_else(tmp_path: Path) -> None:
    made = emitted(_fixture("swallowed_direct.c", tmp_path), tmp_path)
    assert "@@\n@@\n my_attach_dev(...)\n {\n+\tint ret;\n \t...\n }\n" in made.text


def _fixture(name: str, scratch: Path) -> DriverPatch:
    texts = fixtures.sources(name)
    verdicts = [with_changes(verdict, driver="fixture") for verdict in fixtures.analysed(texts)]
    files = {path: SourceFile(path, "", text.encode()) for path, text in texts.items()}
    owner = Driver("fixture", "", "", tuple(texts))
    patch = rewrite(owner, (), verdicts, files, scratch=scratch, timeout=60)
    assert patch is not None
    return patch


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["ret = get_sync(dev);", "if (ret < 0)", "\treturn ret;", "return 0;"],
         "-\treturn ret;\n+\treturn ret == -EINVAL ? -ENODEV : ret;\n"),
        (["ret = fine(dev);", "if (ret)", "\treturn ret;", "return get_sync(dev);"],
         "-return get_sync(dev);\n+ret = get_sync(dev);\n"
         "+return ret == -EINVAL ? -ENODEV : ret;\n"),
        (["ret = get_sync(dev);", "if (ret)", "\tgoto out;", "ret = fine(dev);", "out:",
          "return ret;"],
         " ret = get_sync(dev);\n+if (ret == -EINVAL)\n+\tret = -ENODEV;\n"),
    ],
)  # fmt: skip
def test_the_errno_of_a_kernel_function(lines: list[str], expected: str, tmp_path: Path) -> None:
    file = source(attach(*lines))
    verdicts = judged(attach(*lines))
    owner = Driver("example", "", "", (PATH,))
    patch = rewrite(owner, (), verdicts, {PATH: file}, scratch=tmp_path, timeout=60)
    assert patch is not None
    made = emitted(patch, tmp_path)
    assert not made.missing
    assert any(expected in rule for rule in rules(made)), made.text


def test_functions_of_the_same_name_elsewhere_stay_as_they_are(emit: Emit) -> None:
    file = function("if (x) {", "\tret = -EBUSY;", "\tgoto out;", "}", "out:", "return ret;")
    other = "drivers/other/example.c"
    near = function("if (x) {", "\treturn 1;", "\tret = -EBUSY;", "}", "return 0;").text
    one = [verdict(find(file, "-EBUSY"), "EBUSY", "EINVAL")]
    assert not emit(file, one, {other: near}).missing
    # Nothing tells them apart.
    made = emit(file, one, {other: file.text})
    (missing,) = made.missing
    assert (missing.function, missing.file, missing.line) == ("example", PATH, 6)
    assert missing.why == "each rule that changes it changes other code as well"
    assert (made.short, made.unfit) == ("", "it does not say all of the change")
    told = made.text.replace("\n// ", " ")
    assert f" not expressible: example(), {PATH}:6, {missing.why}\n" in told
    assert "// Confidence: Moderate" in made.text
    assert rules(made) == []
    assert "//# There is no rule to run" in made.text and "virtual" not in made.text


def test_what_spatch_cannot_parse_is_told_and_the_rest_done(emit: Emit) -> None:
    lines = "int other(int x)\n{\n\tif (x)\n\t\treturn -EBUSY;\n\treturn 0;\n}\n"
    file = function("ret = ({ int w = 0; if (x) w = -EBUSY; w; });", "return ret;")
    file = source(file.text.decode() + "\n" + lines)
    both = [verdict(find(file, "-EBUSY", number), "EBUSY", "EINVAL") for number in (0, 1)]
    made = emit(file, both)
    (missing,) = made.missing
    assert (missing.function, made.expressed, made.total) == ("example", 1, 2)
    assert "as where it cannot parse a function" in missing.why
    assert rules(made) == [" if (x)\n-\treturn -EBUSY;\n+\treturn -EINVAL;\n"]


def test_a_preprocessor_line_next_to_it_does_no_harm(emit: Emit) -> None:
    file = function(
        "if (x) {", "#ifdef CONFIG_X", "\tx = 1;", "#endif", "\treturn -EBUSY;", "}", "return 0;"
    )
    made = emit(file, [verdict(find(file, "-EBUSY"), "EBUSY", "EINVAL")])
    assert rules(made) == [" if (x) {\n \t...\n-\treturn -EBUSY;\n+\treturn -EINVAL;\n }\n"]


def test_long_lines_are_broken_behind_operators(emit: Emit) -> None:
    halves = [f"dev->a_rather_long_name_{letter} != x" for letter in "abcd"]
    file = function(f"if ({' || '.join(halves)})", "\treturn -EBUSY;", "return 0;")
    made = emit(file, [verdict(find(file, "-EBUSY"), "EBUSY", "EINVAL")])
    assert max(len(line.expandtabs()) for line in made.text.splitlines()) <= 75
    heads = [line for line in rules(made)[0].splitlines() if "a_rather" in line]
    assert len(heads) > 1 and all(line.endswith("||") for line in heads[:-1])


def test_what_is_long_is_not_for_a_changelog(emit: Emit) -> None:
    lines = [part for n in range(4) for part in (f"if (x == {n})", "\treturn -EBUSY;")]
    file = function(*lines, "return 0;")
    made = emit(file, [verdict(find(file, "-EBUSY", n), "EBUSY", "EINVAL") for n in range(4)])
    assert (made.short, made.unfit) == ("", "it has 40 lines")


def test_a_spatch_that_does_nothing_verifies_nothing(
    emit: Emit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = function("if (x)", "\treturn -EBUSY;", "return 0;")
    one = [verdict(find(file, "-EBUSY"), "EBUSY", "EINVAL")]
    patch = rewrite(DRIVER, (), one, {PATH: file}, scratch=tmp_path, timeout=60)
    assert patch is not None
    fake_spatch(tmp_path / "bin", '[ "$1" = --version ] && echo version 9; true', monkeypatch)
    made = semantic_patch(patch, {}, HEADING, scratch=tmp_path, timeout=60)
    assert made.expressed == 0
    assert made.missing[0].why.startswith("spatch 9 changes nothing there")


def test_a_time_limit_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = function("if (x)", "\treturn -EBUSY;", "return 0;")
    one = [verdict(find(file, "-EBUSY"), "EBUSY", "EINVAL")]
    patch = rewrite(DRIVER, (), one, {PATH: file}, scratch=tmp_path, timeout=60)
    assert patch is not None
    slow = '[ "$1" = --version ] && echo version 9 || sleep 30'
    fake_spatch(tmp_path / "bin", slow, monkeypatch)
    with pytest.raises(ToolError, match="took longer than"):
        semantic_patch(patch, {}, HEADING, scratch=tmp_path, timeout=0.5)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("if (x) { return 1; }", "if (x)\n\n\treturn 1;", True),
        ("if (x) { a(); } else { b(); }", "if (x) a(); else b();", True),
        ("if (x) { /* why */ a(); }", "if (x) /* why */ a();", True),
        ("if (x) { a(); b(); }", "if (x) a(); b();", False),
        ("if (x) { if (y) a(); } else b();", "if (x) if (y) a(); else b();", False),
        ("if (x) { }", "if (x) ;", False),
        ("f(a b);", "f(ab);", False),
        ('f("a  b");', 'f("a b");', False),
    ],
)
def test_same_code(one: str, other: str, same: bool) -> None:
    assert same_code(one.encode(), other.encode()) is same


def test_comments_count_unless_they_do_not() -> None:
    assert not same_code(b"a; /* x */", b"a;")
    assert same_code(b"a; /* x */", b"a;", comments=False)
