# SPDX-License-Identifier: GPL-2.0-only
"""The versions of spatch that tests run with: the system's, and that of the wheel."""

from __future__ import annotations

import contextlib
import importlib
import os
import shutil
from pathlib import Path

import pytest


def _known() -> dict[str, str]:
    found: dict[str, str] = {}
    system = shutil.which("spatch")
    if system is not None:
        found["system"] = system
    with contextlib.suppress(ImportError):
        found["wheel"] = str(importlib.import_module("cvehound_spatch").spatch_path())
    return found


SPATCHES = _known()


def put_in_path(folder: Path, program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make ``program`` the one that is found as spatch."""
    folder.mkdir()
    (folder / "spatch").symlink_to(program)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def fake_spatch(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a shell script in the place of spatch."""
    folder.mkdir()
    program = folder / "spatch"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
