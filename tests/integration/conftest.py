# SPDX-License-Identifier: GPL-2.0-only
"""What tests that compile the real kernel share."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
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


@pytest.fixture(scope="session")
def xdg(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The user's cache, empty at first; it is not kept for later looks, as it has 2 GB.

    All that compile the real kernel share it: to prepare one for an architecture takes longer
    than to compile what is looked at then.
    """
    path = tmp_path_factory.mktemp("xdg")
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="session")
def cache(xdg: Path) -> Path:
    """The part of :func:`xdg` that is ours."""
    return xdg / "errno-gen"
