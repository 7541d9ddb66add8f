# SPDX-License-Identifier: GPL-2.0-only
"""Ways out that get an errno of their own: analysed, rewritten, proven, and analysed again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import analysis_fixtures as fixtures
from errno_gen.analysis.edits.proof import prove
from errno_gen.errors import ProofError
from errno_gen.model import Action, Driver, Edit, SourceFile
from errno_gen.stages.rewrite import rewrite
from spatches import SPATCHES, put_in_path
from verdicts import PATH, find, function

Split = Callable[[dict[str, str]], dict[str, str]]


@pytest.fixture(params=sorted(SPATCHES))
def split(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Split:
    put_in_path(tmp_path / "bin", SPATCHES[request.param], monkeypatch)
    return lambda texts: _rewritten(texts, tmp_path)


def _rewritten(texts: dict[str, str], scratch: Path) -> dict[str, str]:
    files = {name: SourceFile(name, "0" * 40, text.encode()) for name, text in texts.items()}
    driver = Driver("fixture", "", "", tuple(texts))
    found = fixtures.analysed(texts)
    patch = rewrite(driver, (), found, files, scratch=scratch, timeout=60)
    changed = {c.path: c.after.decode() for c in patch.changes} if patch is not None else {}
    return {**texts, **changed}


BROKEN = "\tif (iommu->broken)\n\t\tgoto out;\n"
BROKEN_SET = "\tif (iommu->broken) {\n\t\tret = -ENODEV;\n\t\tgoto out;\n\t}\n"
FORMS = """\
	if (my_domain->dev)
		goto out;
	/* checked last */
	if (!iommu->dev || iommu->broken) {
		/* no way */
		ret = -ENODEV;
		goto out; /* give up */
	}
	if (!iommu->width) {
		ret = -ENODEV;
		my_program(iommu);
		goto out;
	}
	if (iommu->max_ids > 4)
		return -ENODEV;
"""
CASES = {
    "preset_ways.c": BROKEN_SET,
    "split_forms.c": FORMS,
    "split_print.c": "\t\t/* too wide */\n\t\tret = -EINVAL;\n\t\tgoto out;\n\t}\n",
    "split_kept.c": "\t\tret = my_enable(iommu);\n\t\tif (ret)\n\t\t\tgoto out;\n",
    "split_fetched.c": "\tret = my_enable(iommu);\n\tif (ret) {\n\t\tmy_program(iommu);\n"
    "\t\treturn ret;",
    "split_taken.c": "\t\tret = my_enable(iommu);\n\t\tif (ret)\n\t\t\tgoto out;\n\t}\n",
    "swallowed_direct.c": "{\n\tint ret;\n\n\tret = my_enable(dev_iommu_priv_get(dev));\n"
    "\tif (ret)\n\t\treturn ret;",
    "variable_new.c": "{\n\tint ret;\n\n\t/* first of all */\n\tret = my_enable(iommu);\n",
    "swallowed_preset.c": "\tif (err) {\n\t\tret = err;\n\t\tgoto out;\n\t}\n",
}


@pytest.mark.parametrize("name", CASES)
def test_a_way_out_gets_its_own_errno_once(name: str, split: Split) -> None:
    after = split(fixtures.sources(name))
    assert CASES[name] in after[name]
    assert split(after) == after
    assert not [v for v in fixtures.analysed(after) if v.action is Action.REWRITE]


@pytest.mark.parametrize("name", ["split_needed.c", "split_unsure.c", "variable_none.c"])
def test_what_cannot_be_split_is_left_to_a_person(name: str, split: Split) -> None:
    texts = fixtures.sources(name)
    assert split(texts) == texts
    assert any(v.action is Action.REVIEW for v in fixtures.analysed(texts))


def _preset(arm: str) -> dict[str, str]:
    texts = fixtures.sources("preset_ways.c")
    return {**texts, "preset_ways.c": texts["preset_ways.c"].replace(BROKEN, arm)}


@pytest.mark.parametrize(
    ("arm", "expected"),
    [
        ("\tif (iommu->broken) goto out;\n", BROKEN_SET),
        ("\tif (iommu->broken) { goto out; }\n",
         "\tif (iommu->broken) { ret = -ENODEV; goto out; }\n"),
        ("\tif (!iommu->broken) {\n\t\tx();\n\t} else {\n\t\tgoto out;\n\t}\n",
         "\t} else {\n\t\tret = -ENODEV;\n\t\tgoto out;\n\t}\n"),
        ("\tif (iommu->broken) {\n\t\tint y = 1;\n\n\t\tx(y);\n\t\tgoto out;\n\t}\n",
         "\t\tint y = 1;\n\n\t\tret = -ENODEV;\n\t\tx(y);\n"),
        ("\tlist_for_each_entry(x, y, z)\n\t\tif (iommu->broken)\n\t\t\tgoto out;\n",
         "\t\tif (iommu->broken) {\n\t\t\tret = -ENODEV;\n\t\t\tgoto out;\n\t\t}\n"),
    ],
)  # fmt: skip
def test_arms(arm: str, expected: str, split: Split) -> None:
    assert expected in split(_preset(arm))["preset_ways.c"]


@pytest.mark.parametrize(
    "arm",
    [
        "\tif (iommu->broken) {\n\t\tuse(ret);\n\t\tgoto out;\n\t}\n",
        "\tif (iommu->broken) {\n\t\tuse(&ret);\n\t\tgoto out;\n\t}\n",
        "\tif (!iommu->broken)\n\t\tx();\n\telse\n\t\tgoto out;\n",
        "\tuse(&ret);\n" + BROKEN,
        "\tif (iommu->broken) {\n#ifdef X\n\t\tx();\n#endif\n\t\tgoto out;\n\t}\n",
        "\tswitch (iommu->broken) {\n\tcase 1:\n\t\tgoto out;\n\t}\n",
    ],
)
def test_arms_that_stay(arm: str, split: Split) -> None:
    texts = _preset(arm)
    assert split(texts) == texts


def test_nothing_else_may_need_what_a_code_overwrites(split: Split) -> None:
    texts = fixtures.sources("split_kept.c")
    text = texts["split_kept.c"]
    for old, new in [
        ("\t\tmy_program(iommu);\n", "\t\tuse(ret);\n"),
        ("\tret = 0;\n", ""),
        ("if (my_enable(iommu) != 0)", "if (my_enable(iommu) != 0 && iommu->max_ids)"),
        ("if (my_enable(iommu) != 0)", "for_each_odd_thing(x)\n\t\tif (my_enable(iommu))"),
        ("\tint ret;\n", "\tu64 ret;\n"),
    ]:
        assert old in text
        changed = {**texts, "split_kept.c": text.replace(old, new)}
        assert "ret = my_enable(" not in split(changed)["split_kept.c"]


def test_a_call_keeps_its_alignment(split: Split) -> None:
    texts = fixtures.sources("split_fetched.c")
    call = "if (my_enable(iommu)) {"
    longer = "if (my_enable(iommu,\n\t\t      0)) {"
    after = split({**texts, "split_fetched.c": texts["split_fetched.c"].replace(call, longer)})
    assert "\tret = my_enable(iommu,\n\t\t\t0);\n\tif (ret) {\n" in after["split_fetched.c"]


# --- the proof --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "right"),
    [
        ("goto", "ret = -ENODEV; goto", True),
        ("if (a) goto out;", "if (a) { ret = -ENODEV; goto out; }", True),
        ("if (a) /* c */ goto out;", "if (a) { /* c */ ret = -ENODEV; goto out; }", True),
        ("ret", "-ENODEV", True),
        ("if (f(a) != 0)", "ret = f(a); if (ret)", True),
        ("if (f(a) < 0)", "ret = f(a); if (ret < 0)", True),
        ("goto", "ret = -ENODEV; x(); goto", False),
        ("goto", "x(); goto", False),
        ("if (a) goto out;", "if (b) { ret = -ENODEV; goto out; }", False),
        ("if (a) goto out;", "if (a) { ret = -ENODEV; goto err; }", False),
        ("if (a) goto out;", "if (a) { ret = -ENODEV; } goto out;", False),
        ("if (f(a) != 0)", "ret = f(a); if (err)", False),
        ("if (f(a) != 0)", "ret = f(b); if (ret)", False),
        ("if (f(a) < 0)", "ret = f(a); if (ret)", False),
    ],
)
def test_the_proof_takes_only_what_sets_one_errno(old: str, new: str, right: bool) -> None:
    statement = {"goto": "goto out;", "ret": "return ret;"}.get(old, old)
    file = function(statement if statement.endswith(";") else f"{statement}\n\t\treturn;")
    where = find(file, old, 1 if old == "ret" else 0)
    if old == "ret":
        where = find(file, "ret;", 1)
        where = type(where)(PATH, where.line, where.column, where.start, where.end - 1)
    edit = Edit("split", where, old, new)
    after = file.text[: where.start] + new.encode() + file.text[where.end :]
    if right:
        prove(PATH, file.text, after, [edit])
        return
    with pytest.raises(ProofError, match="more than set one errno"):
        prove(PATH, file.text, after, [edit])
