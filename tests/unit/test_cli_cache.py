# SPDX-License-Identifier: GPL-2.0-only
"""``errno-gen cache``, ``image prune``, and how ``build`` is told what to compile with."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from commandline import errno_gen, repository
from errno_gen.model import BuildResult
from errno_gen.stages.build import BuildOptions
from errno_gen.tools.containers.image import Pruned
from errno_gen.tools.lock import locked


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache with one workshop: a source of 3 MiB, and a folder of 2 MiB of 1970."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    root = tmp_path / "cache" / "errno-gen" / "kbuild" / "6.1.7"
    for name, size in (("source", 3), ("arm-allmodconfig-1.0", 2)):
        (root / name).mkdir(parents=True)
        (root / name / "file").write_bytes(bytes(size << 20))
    (root / "arm-allmodconfig-1.json").write_text("{}", encoding="utf-8")
    os.utime(root / "arm-allmodconfig-1.json", (86400 * 5, 86400 * 5))
    (root / "lock").touch()
    return root


def test_what_is_kept_is_shown_and_removed(cache: Path) -> None:
    outcome = errno_gen("cache", "show")
    assert outcome.code == 0
    first, second = [line.split() for line in outcome.out.splitlines()[1:3]]
    assert first[:5] == ["6.1.7", "arm-allmodconfig-1", "2", "MiB", "1970-01-06"]
    assert second[:4] == ["6.1.7", "source", "3", "MiB"]
    assert outcome.out.endswith(f"{cache.parent}: 5 MiB\n")

    assert errno_gen("cache", "prune", "--keep", "10M").out == "removed 0 MiB; 5 MiB left\n"
    old = errno_gen("cache", "prune", "--older-than", "30")
    assert old.out == "removed 2 MiB; 3 MiB left\n"
    assert errno_gen("cache", "prune").out == "removed 3 MiB; 0 MiB left\n"
    assert not cache.exists()
    assert errno_gen("cache", "show").out == f"{cache.parent}: 0 MiB\n"


def test_what_is_in_use_is_left_alone(cache: Path) -> None:
    with locked(cache / "lock"):
        assert "in use" in errno_gen("cache", "show").out
        outcome = errno_gen("cache", "prune")
    assert outcome.out == "removed 0 MiB; 5 MiB left\n"
    assert "in use and left alone: 6.1.7" in outcome.err


def test_a_size_that_is_none() -> None:
    outcome = errno_gen("cache", "prune", "--keep", "much")
    assert outcome.code == 2
    assert "'much' is no size; give a number and K, M, G or T, as 10G" in outcome.err


def test_image_prune_tells_what_went(monkeypatch: pytest.MonkeyPatch) -> None:
    done = Pruned((("podman", "kbuild:old"),), (("docker", "kbuild:used"),))
    monkeypatch.setattr("errno_gen.tools.containers.image.prune", lambda _engine: done)
    assert errno_gen("image", "prune").out == (
        "podman: removed kbuild:old\ndocker: kbuild:used is in use and left alone\n"
    )
    monkeypatch.setattr("errno_gen.tools.containers.image.prune", lambda _engine: Pruned((), ()))
    assert errno_gen("image", "prune").out == "there is no image of another recipe\n"


@pytest.fixture
def kernel(tmp_path: Path) -> Path:
    made = repository(tmp_path / "linux")
    assert errno_gen("apply", "--tree", made, "-q").code == 0
    return made


def test_build_hands_on_what_to_compile_with(
    kernel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[BuildOptions] = []

    def check(
        _repo: object, _commits: object, options: BuildOptions, _progress: object
    ) -> tuple[BuildResult, ...]:
        seen.append(options)
        return ()

    monkeypatch.setattr("errno_gen.cli.build.check", check)
    mine = tmp_path / "my.config"
    named = ("--defconfig", "a_defconfig", "--defconfig", "defconfig,b.config")
    errno_gen("build", "--tree", kernel, "--arch", "arm", "--config", mine, *named)
    monkeypatch.setenv("ERRNO_GEN_CACHE_SIZE", "2G")
    errno_gen("build", "--tree", kernel)
    assert seen[0].config == mine
    assert seen[0].defconfigs == ("a_defconfig", "defconfig,b.config")
    assert seen[0].architectures == ("arm",)
    assert [one.cache_limit for one in seen] == [10 << 30, 2 << 30]


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--config", "none.config", "error: cannot read none.config: No such file or directory"),
        ("--defconfig", "no_defconfig", "has no configuration 'no_defconfig'"),
        ("--arch", "vax", "error: no configuration for architecture 'vax'"),
    ],
)
def test_build_says_what_it_cannot_compile_with(
    kernel: Path, option: str, value: str, told: str
) -> None:
    outcome = errno_gen("build", "--tree", kernel, "--engine", "host", option, value)
    assert outcome.code == 2
    assert told in outcome.err


def test_what_workers_of_a_cluster_have_is_shown(cache: Path) -> None:
    worker = cache.parents[1] / "workers" / "3"
    (worker / "linux.git").mkdir(parents=True)
    (worker / "linux.git" / "pack").write_bytes(bytes(4 << 20))
    (worker / "lock").touch()
    outcome = errno_gen("cache", "show")
    assert outcome.out.splitlines()[-2:] == [f"{cache.parent}: 5 MiB", f"{worker.parent}: 4 MiB"]
    assert "-       worker 3: commits" in outcome.out
    with locked(worker / "lock"):
        pruned = errno_gen("cache", "prune")
    assert pruned.out == "removed 5 MiB; 4 MiB left\n"
    assert "in use and left alone: worker 3" in pruned.err
