# SPDX-License-Identifier: GPL-2.0-only
"""What tests that compile the real kernel share."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from errno_gen.tools.git.repository import Repository


@pytest.fixture(scope="module")
def engine() -> str:
    """The engine that the machine is to be tested with."""
    return os.environ.get("ERRNO_GEN_TEST_ENGINE", "auto")


@pytest.fixture(scope="module")
def repo(kernel_61: Path, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A bare repository that borrows the objects of Linux 6.1: it holds the new commits."""
    path = tmp_path_factory.mktemp("kernel") / "linux.git"
    command = ["git", "clone", "-q", "--bare", "--shared", str(kernel_61), str(path)]
    subprocess.run(command, check=True)
    return Repository.open(path)
