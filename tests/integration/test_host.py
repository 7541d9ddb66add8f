# SPDX-License-Identifier: GPL-2.0-only
"""The real Linux 6.1, compiled by the machine itself, with its own make and compiler."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from tuxmake.arch import Architecture

from edited import chain
from errno_gen.model import Status
from errno_gen.stages.build import BuildOptions, build
from errno_gen.tools.compile.kbuild import BuildFolder
from errno_gen.tools.git.repository import NewCommit, Repository
from errno_gen.tools.process import Completed

pytestmark = pytest.mark.kernel

_D = "drivers/iommu"


def test_the_machine_itself_compiles_a_configuration_of_the_tree(
    repo: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a CI job does that runs in a container already: no engine, its own compiler."""
    repeated: list[bool] = []
    compile_again = BuildFolder._compile_again

    def noting(folder: BuildFolder, targets: Sequence[str], log: Path) -> Completed | None:
        done = compile_again(folder, targets, log)
        repeated.append(done is not None)
        return done

    monkeypatch.setattr(BuildFolder, "_compile_again", noting)
    path = f"{_D}/iommu.c"
    source = repo.read(repo.resolve("HEAD"), path)
    assert source is not None
    good = source.text.replace(b"-ENODEV", b"-EINVAL", 1)
    better = good.replace(b"-ENODEV", b"-EINVAL", 1)
    texts = [(path, good), (path, better), (f"{_D}/iova.c", b"int broken = -ENOSUCH;\n")]
    commits = chain(repo, (NewCommit(f"Change {name}", {name: text}) for name, text in texts))
    mine = Architecture(platform.machine()).name
    options = BuildOptions("host", (mine,), cache=tmp_path, defconfigs=("defconfig",))
    results = build(repo, commits, options, lambda *_: None)
    shutil.rmtree(tmp_path / "kbuild")
    assert [(one.objects, one.status) for one in results] == [
        ((f"{_D}/iommu.o",), Status.PASS),
        ((f"{_D}/iommu.o",), Status.PASS),
        ((f"{_D}/iova.o",), Status.FAIL),
    ]
    assert results[2].error == f"{_D}/iova.c:1: 'ENOSUCH' undeclared here (not in a function)"
    assert (results[0].engine, results[0].configuration) == ("host", "defconfig")
    assert "gcc" in results[0].toolchain
    # kbuild's call was noted with this make, and understood when it was made again.
    assert not repeated[0]
    assert any(repeated)
