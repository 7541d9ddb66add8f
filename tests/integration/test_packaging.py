# SPDX-License-Identifier: GPL-2.0-only
"""A wheel built from a clean clone works in an empty virtualenv, from another directory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from commandline import git, repository

ROOT = Path(__file__).resolve().parents[2]


def run(argv: Sequence[str | Path], cwd: Path) -> str:
    """Run a program that must succeed, away from this checkout; its standard output."""
    clean = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(argv, cwd=cwd, env=clean, capture_output=True, text=True)
    assert done.returncode == 0, f"{argv}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    clone = folder / "clone"
    run(["git", "clone", "-q", "--no-hardlinks", ROOT, clone], folder)
    run([sys.executable, "-m", "build", "--wheel", "--outdir", folder / "dist", clone], folder)
    (made,) = (folder / "dist").glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of a virtualenv that holds the wheel and what it needs."""
    folder = tmp_path_factory.mktemp("venv")
    run([sys.executable, "-m", "venv", folder], folder)
    run([folder / "bin" / "pip", "install", "-q", "--disable-pip-version-check", wheel], folder)
    return folder / "bin"


def test_the_wheel_holds_all_that_is_in_the_checkout(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    tracked = git(ROOT, "ls-files", "cocci", "templates", "generator/errno_gen").split()
    expected = {
        path.removeprefix("generator/")
        if path.startswith("generator/")
        else f"errno_gen/_share/{path}"
        for path in tracked
    }
    assert expected - names == set()
    assert any(name.endswith(".cocci") for name in expected)
    assert not any(name.startswith("tests/") for name in names)


def test_it_works_from_another_directory(
    installed: Path, tmp_path: Path, hermetic_git: object
) -> None:
    kernel = repository(tmp_path / "linux")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    where = run(
        [installed / "python", "-c", "import errno_gen; print(errno_gen.__file__)"], elsewhere
    )
    assert Path(where.strip()).is_relative_to(installed.parent)
    errno_gen = installed / "errno-gen"
    found = json.loads(run([errno_gen, "scan", "--tree", kernel, "--format", "json"], elsewhere))
    assert len(found["callbacks"]) == 5
    out = run([errno_gen, "apply", "--tree", kernel, "--policy", "einval", "-s"], elsewhere)
    assert "branch errno-gen/einval: 3 commits" in out
    assert list(elsewhere.iterdir()) == []
