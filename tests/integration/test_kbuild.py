# SPDX-License-Identifier: GPL-2.0-only
"""Drivers of the real Linux 6.1, compiled in real containers."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from edited import Edits, chain, series
from errno_gen.model import BuildResult, Commit, Status
from errno_gen.stages.build import BuildOptions, build
from errno_gen.tools.compile.warnings import Checks
from errno_gen.tools.containers import image
from errno_gen.tools.containers.engine import Container
from errno_gen.tools.git.repository import NewCommit, Repository

pytestmark = [pytest.mark.container, pytest.mark.kernel]

_D = "drivers/iommu"
# What each commit changes: old text, new text. The second has a syntax error, the third an
# errno that no header declares.
_CHANGES = {
    f"{_D}/omap-iommu.c": (b"-EBUSY", b"-EINVAL"),
    f"{_D}/virtio-iommu.c": (b"-EXDEV;", b"-EINVAL broken;"),
    f"{_D}/sprd-iommu.c": (b"-EINVAL", b"-EINCOMPATIBLE"),
    f"{_D}/tegra-gart.c": (b"-EBUSY", b"-EINVAL"),
    f"{_D}/fsl_pamu_domain.c": (b"-ENODEV", b"-EINVAL"),
}


def commits(repo: Repository, texts: Mapping[str, bytes]) -> tuple[Commit, ...]:
    return chain(repo, (NewCommit(f"Change {path}", {path: text}) for path, text in texts.items()))


def changed(repo: Repository) -> dict[str, bytes]:
    texts: dict[str, bytes] = {}
    for path, (old, new) in _CHANGES.items():
        source = repo.read(repo.resolve("HEAD"), path)
        assert source is not None
        assert old in source.text
        texts[path] = source.text.replace(old, new, 1)
    return texts


def check(repo: Repository, engine: str, cache: Path) -> tuple[BuildResult, ...]:
    options = BuildOptions(engine, ("x86_64", "arm64"), cache=cache)
    return build(repo, commits(repo, changed(repo)), options, lambda *_: None)


def compiled(cache: Path) -> dict[Path, int]:
    """When each object was written that the build folders hold."""
    return {path: path.stat().st_mtime_ns for path in cache.glob("kbuild/*/*/**/*.o")}


def test_drivers_are_compiled_and_the_broken_one_is_named(
    repo: Repository, engine: str, cache: Path
) -> None:
    results = check(repo, engine, cache)
    assert [(one.driver, one.architecture, one.status) for one in results] == [
        ("omap", "x86_64", Status.PASS),
        ("omap", "arm64", Status.PASS),
        ("virtio", "x86_64", Status.FAIL),
        ("virtio", "arm64", Status.FAIL),
        ("sprd", "x86_64", Status.FAIL),
        ("sprd", "arm64", Status.FAIL),
        ("tegra-gart", "", Status.NOT_BUILT),
        ("fsl_pamu", "", Status.NOT_BUILT),
    ]
    broken = changed(repo)[f"{_D}/virtio-iommu.c"]
    line = broken[: broken.index(b"-EINVAL broken")].count(b"\n") + 1
    for failed in results[2:4]:
        assert failed.error.startswith(f"{_D}/virtio-iommu.c:{line}: expected ';' before 'broken'")
        assert "expected ';' before 'broken'" in Path(failed.log).read_text(encoding="utf-8")
    for failed in results[4:6]:
        assert re.match(
            rf"{_D}/sprd-iommu\.c:\d+: 'EINCOMPATIBLE' undeclared \(first use", failed.error
        )
    assert results[6].proof == (
        "CONFIG_TEGRA_IOMMU_GART is not enabled by x86_64 allmodconfig, arm64 allmodconfig"
    )
    assert "CONFIG_FSL_PAMU is not enabled by" in results[7].proof

    # Nothing inside was root, unless that is the caller without rights outside.
    built = sorted(cache.glob(f"kbuild/*/*/{_D}/omap-iommu.o"))
    folders = [path.relative_to(cache).parts[2] for path in built]
    assert {folder.split("-")[0] for folder in folders} >= {"x86_64", "arm64"}
    assert all(path.stat().st_uid != 0 for path in built)

    assert [one.toolchain.split(" ")[0] for one in results[:2]] == [
        "x86_64-linux-gnu-gcc",
        "aarch64-linux-gnu-gcc",
    ]

    before = compiled(cache)
    assert set(built) <= set(before)
    assert check(repo, engine, cache) == results
    assert compiled(cache) == before, "a second run compiles nothing"

    done = subprocess.run(["sh", "-c", results[3].reproduce], capture_output=True, text=True)
    assert done.returncode != 0
    assert f"{_D}/virtio-iommu.c:{line}:" in done.stderr


def in_omap(*steps: tuple[str, bytes, bytes]) -> tuple[tuple[str, Edits], ...]:
    """Steps of a series that all change one file: message, old text, new text."""
    return tuple((message, {f"{_D}/omap-iommu.c": (old, new)}) for message, old, new in steps)


_MESSAGE = "iommu/omap: Change\n\nReturn another errno from omap_iommu_attach_dev()."


def test_what_changes_in_an_object_and_what_nobody_edited(
    repo: Repository, engine: str, cache: Path
) -> None:
    steps = (
        (_MESSAGE, b"\t\tret = -EBUSY;\n", b"\t\tret = -EINVAL;\n"),
        (_MESSAGE, b"\t\tret = -EINVAL;\n\t\tgoto out;", b"\t\tret = -ENXIO;\n\t\tgoto out;"),
        ("iommu/omap: Change a macro", b"MMU_LOCK_BASE_SHIFT\t10", b"MMU_LOCK_BASE_SHIFT\t11"),
    )
    options = BuildOptions(engine, ("x86_64", "arm64"), cache=cache)
    results = build(repo, series(repo, *in_omap(*steps)), options, lambda *_: None)
    assert {one.status for one in results} == {Status.PASS}
    for one in results[:4]:
        (change,) = one.changes
        assert [(f.function, f.kind) for f in change.functions] == [
            ("omap_iommu_attach_dev", "immediates")
        ]
        assert change.flagged == ()
        assert change.identical > 20
    for one in results[4:]:
        (change,) = one.changes
        assert change.flagged
        assert all("MMU_LOCK_BASE" in told for told in change.flagged)


def test_a_warning_that_a_commit_brings(repo: Repository, engine: str, cache: Path) -> None:
    table = b"static const struct iommu_ops omap_iommu_ops = {"
    untidy = b"int omap_iommu_extra(void)\n{\n\treturn 0;\n}\n\n" + table
    steps = (
        ("Add lines", b"\t\tret = -EBUSY;\n", b"\n\n\t\tret = -EBUSY;\n"),
        ("Add a function", table, untidy),
    )
    options = BuildOptions(engine, ("x86_64",), cache=cache, checks=Checks(extra=True, sparse=True))
    commits_ = series(repo, *in_omap(*steps))
    same, moved, extra = build(repo, commits_, options, lambda *_: None)
    assert (same.configuration, same.status) == ("comments only", Status.PASS)
    assert (moved.status, moved.warnings) == (Status.PASS, ())
    source = repo.read(commits_[1].oid, f"{_D}/omap-iommu.c")
    assert source is not None
    line = source.text[: source.text.index(b"int omap_iommu_extra")].count(b"\n") + 1
    assert sorted(told.partition(" [")[0] for told in extra.warnings) == [
        f"{_D}/omap-iommu.c:{line}: no previous prototype for 'omap_iommu_extra'",
        f"{_D}/omap-iommu.c:{line}: symbol 'omap_iommu_extra' was not declared. "
        "Should it be static?",
    ]


@pytest.fixture
def container(engine: str) -> Container:
    found = image.find_engine(engine)
    assert isinstance(found, Container)
    return found


def folders(tmp_path: Path, container: Container) -> tuple[Path, Path]:
    source, built = tmp_path / "source", tmp_path / "build"
    source.mkdir()
    built.mkdir()
    if container.owner is not None:
        os.chown(built, container.owner, container.owner)
    return source, built


def test_what_a_container_may(tmp_path: Path, container: Container) -> None:
    source, built = folders(tmp_path, container)
    script = "touch /build/yes; touch /src/no; id -u; ls /sys/class/net; ulimit -n"
    command = container.command(("sh", "-c", script), source, built, "errno-gen-test-may")
    done = subprocess.run(command, capture_output=True, text=True)
    uid, *nets, files = done.stdout.split()
    assert uid != "0"
    assert nets == ["lo"]
    assert int(files) <= int(subprocess.check_output(["sh", "-c", "ulimit -Hn"]))
    assert [path.name for path in built.iterdir()] == ["yes"]
    assert list(source.iterdir()) == []
    assert "Read-only file system" in done.stderr


def test_a_container_is_stopped_by_its_name(tmp_path: Path, container: Container) -> None:
    source, built = folders(tmp_path, container)
    script = "touch /build/started; sleep 100"
    command = container.command(("sh", "-c", script), source, built, "errno-gen-test-stop")
    started = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
        while not (built / "started").exists() and time.monotonic() - started < 30:
            time.sleep(0.05)
        container.stop("errno-gen-test-stop")
        assert run.wait(timeout=30) != 0
    container.stop("errno-gen-test-stop")
