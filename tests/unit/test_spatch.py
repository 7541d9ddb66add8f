# SPDX-License-Identifier: GPL-2.0-only
"""The door to spatch: caged, limited in time, and never believed by its exit code."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from errno_gen.errors import SourceError, ToolError
from errno_gen.resources import share_dir
from errno_gen.tools import spatch
from spatches import SPATCHES, fake_spatch, put_in_path

_RULE = share_dir("cocci") / "errno.cocci"
_BEFORE = b"int f(void)\n{\n\treturn ERRNO_GEN_ERRNO(-EBUSY, -EINVAL);\n}\n"
_AFTER = b"int f(void)\n{\n\treturn -EINVAL;\n}\n"
_SKIPPED = b"int g(void)\n{\n\tif (x }\n\treturn ERRNO_GEN_ERRNO(-EBUSY, -EINVAL);\n}\n"


@pytest.fixture(params=sorted(SPATCHES))
def each_spatch(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> str:
    put_in_path(tmp_path / "bin", SPATCHES[request.param], monkeypatch)
    return str(request.param)


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


def _run(scratch: Path, files: dict[str, bytes] | None = None, timeout: float = 60) -> bytes:
    files = files or {"f0.c": _BEFORE}
    return spatch.rewrite(_RULE, files, scratch=scratch, timeout=timeout)["f0.c"]


def test_version(each_spatch: str) -> None:
    assert spatch.version().startswith("1.")
    if each_spatch == "wheel":
        assert spatch.version() == "1.3.3"


@pytest.mark.usefixtures("each_spatch")
def test_rewrites_and_leaves_the_scratch_folder_empty(scratch: Path) -> None:
    assert _run(scratch) == _AFTER
    assert not list(scratch.iterdir())


@pytest.mark.usefixtures("each_spatch")
def test_many_files_in_one_run_of_which_one_is_skipped_in_silence(scratch: Path) -> None:
    files = {"f0.c": _BEFORE, "f1.c": _SKIPPED, "f2.c": b"int x;\n", "f3.c": _BEFORE}
    done = spatch.rewrite(_RULE, files, scratch=scratch, timeout=60)
    assert done == {"f0.c": _AFTER, "f1.c": _SKIPPED, "f2.c": b"int x;\n", "f3.c": _AFTER}


@pytest.mark.usefixtures("each_spatch")
def test_hostile_configuration_is_not_obeyed(
    scratch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("home", "cwd"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / ".cocciconfig").write_text("[spatch]\n\toptions = --no-such-option\n")
    (scratch / ".cocciconfig").write_text("[spatch]\n\toptions = --no-such-option\n")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COCCINELLE_HOME", str(tmp_path / "nothing"))
    monkeypatch.chdir(tmp_path / "cwd")
    assert _run(scratch) == _AFTER
    assert [path.name for path in (tmp_path / "cwd").iterdir()] == [".cocciconfig"]


@pytest.mark.usefixtures("each_spatch")
def test_folder_with_blanks_and_metacharacters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = tmp_path / "a b; touch pwned; $(touch pwned) 'x' & \"y\""
    odd.mkdir()
    monkeypatch.setenv("TMPDIR", str(odd))
    monkeypatch.chdir(tmp_path)
    assert _run(odd) == _AFTER
    assert not list(tmp_path.rglob("pwned"))


@pytest.mark.usefixtures("each_spatch")
def test_bytes_that_are_no_utf8_survive(scratch: Path) -> None:
    odd = b"/* J\xf6rg */\n"
    assert _run(scratch, {"f0.c": odd + _BEFORE}) == odd + _AFTER


@pytest.mark.usefixtures("each_spatch")
def test_macros_help_the_parser(scratch: Path) -> None:
    text = (
        b"int f(void)\n{\n\tmy_guard(x) {\n\t\treturn ERRNO_GEN_ERRNO(-EBUSY, -EINVAL);\n\t}\n}\n"
    )
    macros = b"#define my_guard(x...) YACFE_ITERATOR\n"
    plain = spatch.rewrite(_RULE, {"f0.c": text}, scratch=scratch, timeout=60)
    helped = spatch.rewrite(_RULE, {"f0.c": text}, scratch=scratch, timeout=60, macros=macros)
    assert plain["f0.c"] == text
    assert b"\t\treturn -EINVAL;\n" in helped["f0.c"]


@pytest.mark.usefixtures("each_spatch")
def test_bad_rule_is_a_tool_error(scratch: Path, tmp_path: Path) -> None:
    rule = tmp_path / "bad.cocci"
    rule.write_text("virtual patch\n@@\nconstant C\n@@\n- C\n+\n+ (\n")
    with pytest.raises(ToolError, match=r"spatch.*bad\.cocci"):
        spatch.rewrite(rule, {"f0.c": _BEFORE}, scratch=scratch, timeout=60)


def test_missing_spatch(scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(scratch))
    monkeypatch.setitem(sys.modules, "cvehound_spatch", None)
    for work in (spatch.version, spatch.locate, lambda: _run(scratch)):
        with pytest.raises(ToolError, match="spatch is not installed") as caught:
            work()
        assert "apt install coccinelle" in caught.value.hint
        assert caught.value.exit_code == 3


def test_wheel_serves_where_the_system_has_none(
    scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(scratch))
    if "wheel" in SPATCHES:
        assert spatch.locate() == SPATCHES["wheel"]
    else:
        with pytest.raises(ToolError):
            spatch.locate()


def test_time_limit_ends_grandchildren_too(
    scratch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = tmp_path / "late"
    fake_spatch(tmp_path / "bin", f"(sleep 1.5; touch {late}) & wait", monkeypatch)
    started = time.monotonic()
    with pytest.raises(ToolError, match=r"spatch with errno\.cocci took longer than 0\.3 s"):
        _run(scratch, timeout=0.3)
    assert time.monotonic() - started < 1.4
    time.sleep(1.5)
    assert not late.exists()
    assert not list(scratch.iterdir())


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ('EXN: Failure("line 3: index 4 5 already tagged") in f0.c', SourceError),
        ("An error occurred when attempting to transform some files.", SourceError),
        ("Fatal error: exception Stack_overflow", SourceError),
        ("timeout (we abort)", ToolError),
        (
            "SPATCH-SUMMARY groups=1 handled=0 skipped=0 dropped=0 timeouts=1 unreadable=0",
            ToolError,
        ),
        (
            "SPATCH-SUMMARY groups=1 handled=0 skipped=0 dropped=1 timeouts=0 unreadable=0",
            SourceError,
        ),
        ("minus: parse error:", ToolError),
    ],
)
def test_exit_code_0_is_not_believed(
    said: str, kind: type[Exception], scratch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_spatch(tmp_path / "bin", f"cat >&2 <<'END'\n{said}\nEND\nexit 0", monkeypatch)
    with pytest.raises(kind, match=r"spatch .*errno\.cocci"):
        _run(scratch)


def test_other_exit_codes_are_tool_errors_with_the_log(
    scratch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_spatch(tmp_path / "bin", "echo no room >&2; exit 3", monkeypatch)
    with pytest.raises(ToolError, match=r"\(exit 3\): no room") as caught:
        _run(scratch)
    assert caught.value.log == "no room"
    assert "--sp-file" in caught.value.argv


def test_only_plain_names_reach_its_shell(scratch: Path) -> None:
    for name in ("a b.c", "$(x).c", "../f.c", "-f.c", "f.c;x", "F.c"):
        with pytest.raises(ValueError, match="plain"):
            spatch.rewrite(_RULE, {name: _BEFORE}, scratch=scratch, timeout=60)


def test_nothing_to_do_starts_nothing(scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(scratch))
    assert spatch.rewrite(_RULE, {}, scratch=scratch, timeout=60) == {}
