# SPDX-License-Identifier: GPL-2.0-only
"""The cost of a scan grows with its drivers: each is indexed once, and then forgotten."""

from __future__ import annotations

import weakref
from pathlib import Path

import pytest

import minikernel
from conftest import MakeRepo
from errno_gen.analysis.c import program
from errno_gen.pipeline.requests import Options, open_kernel
from errno_gen.pipeline.scans import scan
from errno_gen.policy import load_policy


@pytest.mark.parametrize("jobs", [1, 3])
def test_each_driver_is_indexed_once_and_forgotten(
    make_repo: MakeRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    alive: weakref.WeakSet[program.Program] = weakref.WeakSet()
    made: list[tuple[str, ...]] = []
    most = 0

    class Counted(program.Program):
        def __init__(self, *arguments: object) -> None:
            nonlocal most
            super().__init__(*arguments)  # type: ignore[arg-type]
            alive.add(self)
            made.append(tuple(self.files))
            most = max(most, len(alive))

    monkeypatch.setattr(program, "Program", Counted)
    kernel = open_kernel(make_repo(minikernel.FILES).path, "HEAD")
    options = Options(jobs=jobs, cache=tmp_path / "cache")
    found = scan(kernel, load_policy("einval"), options)
    assert len(found.drivers) > 1
    assert len(made) == len(set(made)) >= len(found.drivers)
    assert most <= jobs
