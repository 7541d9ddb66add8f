# SPDX-License-Identifier: GPL-2.0-only
"""Searching a revision for lines, which come while git is still looking."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from conftest import MakeRepo
from errno_gen.errors import ToolError
from errno_gen.tools.git.repository import Repository

_WITHOUT_PERL = """\
#!/bin/sh
case "$*" in "grep -P "*) echo "fatal: cannot use Perl-compatible regexes" >&2; exit 128;; esac
exec %s "$@"
"""


def test_lines_of_a_search_come_with_their_paths(make_repo: MakeRepo) -> None:
    files = {"a.c": "int f(void)\nint g;\n", "d/b.h": "int g(void)\n", "c.txt": "int h(void)\n"}
    repo = Repository.open(make_repo(files).path)
    found = list(repo.grep_lines(repo.resolve("HEAD"), "[(]void"))
    assert found == [("a.c", "int f(void)"), ("d/b.h", "int g(void)")]
    assert list(repo.grep_lines(repo.resolve("HEAD"), "nowhere")) == []


def test_search_that_fails_says_why(make_repo: MakeRepo) -> None:
    repo = Repository.open(make_repo({"a.c": "int f(void)\n"}).path)
    with pytest.raises(ToolError, match="git grep failed"):
        list(repo.grep_lines("0" * 40, "x"))


def test_search_that_nobody_reads_to_its_end_leaves_no_process(make_repo: MakeRepo) -> None:
    long = "".join(f"int f{number}(void)\n" for number in range(50_000))
    repo = Repository.open(make_repo({f"{name}.c": long for name in "abcdef"}).path)
    lines = repo.grep_lines(repo.resolve("HEAD"), "[(]void")
    assert next(lines) == ("a.c", "int f0(void)")
    lines.close()
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
    programs = [Path(f"/proc/{child}/cmdline").read_bytes() for child in children]
    assert not [program for program in programs if b"\0grep\0" in program]


def test_git_without_perl_expressions_finds_the_same(
    make_repo: MakeRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = Repository.open(make_repo({"a.c": "int f(void)\n"}).path)
    program = tmp_path / "bin" / "git"
    program.parent.mkdir()
    program.write_text(_WITHOUT_PERL % shutil.which("git"))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    assert list(repo.grep_lines(repo.resolve("HEAD"), "[(]void")) == [("a.c", "int f(void)")]


def test_many_errors_do_not_stop_a_search(
    make_repo: MakeRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = Repository.open(make_repo({"a.c": ""}).path)
    program = tmp_path / "bin" / "git"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\nyes error: | head -c 1000000 >&2\nprintf 'HEAD:a.c\\0x\\n'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    assert list(repo.grep_lines("HEAD", "x")) == [("a.c", "x")]
