# SPDX-License-Identifier: GPL-2.0-only
"""What each semantic patch makes of each ``.c`` file, as the ``.res`` file next to it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from errno_gen.resources import share_dir
from errno_gen.tools import spatch
from spatches import SPATCHES, put_in_path

_HERE = Path(__file__).parent
_CASES = sorted(_HERE.glob("*/*.c"))
_RULES = sorted(share_dir("cocci").glob("*.cocci"))


@pytest.fixture(params=sorted(SPATCHES), autouse=True)
def _each_spatch(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_in_path(tmp_path / "bin", SPATCHES[request.param], monkeypatch)


@pytest.mark.parametrize("case", _CASES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_result(case: Path, tmp_path: Path) -> None:
    rule = share_dir("cocci") / f"{case.parent.name}.cocci"
    done = spatch.rewrite(rule, {"f0.c": case.read_bytes()}, scratch=tmp_path, timeout=60)
    assert done["f0.c"].decode() == case.with_suffix(".res").read_text()


@pytest.mark.parametrize("case", _CASES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_second_run_changes_nothing(case: Path, tmp_path: Path) -> None:
    rule = share_dir("cocci") / f"{case.parent.name}.cocci"
    result = case.with_suffix(".res").read_bytes()
    assert spatch.rewrite(rule, {"f0.c": result}, scratch=tmp_path, timeout=60)["f0.c"] == result


@pytest.mark.parametrize("rule", _RULES, ids=lambda path: path.stem)
def test_context_mode_shows_each_mark(rule: Path, tmp_path: Path) -> None:
    case = next(each for each in _CASES if each.parent.name == rule.stem and "un" not in each.stem)
    (tmp_path / "f0.c").write_bytes(case.read_bytes())
    command = ["spatch", "--very-quiet", "--no-includes", "-D", "context", "--sp-file", str(rule)]
    done = subprocess.run([*command, "f0.c"], cwd=tmp_path, capture_output=True, text=True)
    shown = [line for line in done.stdout.splitlines() if line.startswith("-\t")]
    marked = [line for line in case.read_text().splitlines() if "ERRNO_GEN_" in line]
    assert sum("ERRNO_GEN_" in line for line in shown) == len(marked)


@pytest.mark.parametrize("rule", _RULES, ids=lambda path: path.stem)
def test_rule_has_the_kernels_heading_and_cases(rule: Path) -> None:
    text = rule.read_text()
    assert text.startswith("// SPDX-License-Identifier: GPL-2.0-only\n///\n/// ")
    for word in ("// Confidence: ", "// Options: ", "virtual patch\n", "virtual context\n"):
        assert word in text
    assert "script:" not in text
    names = {case.stem for case in _CASES if case.parent.name == rule.stem}
    assert "unmarked" in names and len(names) > 1
