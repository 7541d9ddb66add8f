# SPDX-License-Identifier: GPL-2.0-only
"""What ``build`` says of objects and warnings; the compilers are stood in for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commandline import errno_gen, git, repository
from errno_gen.cli.options import default_jobs
from errno_gen.model import BuildResult, Commit, FunctionChange, ObjectChange, Status
from errno_gen.stages.build import BuildOptions
from errno_gen.tools.compile.warnings import Checks
from errno_gen.tools.git.claims import claimed

_OBJECT = "drivers/iommu/alpha-iommu.o"
_WARNING = "drivers/iommu/alpha-iommu.c:9: unused variable 'x' [-Wunused-variable]"


@pytest.fixture
def kernel(tmp_path: Path) -> Path:
    tree = repository(tmp_path / "linux")
    assert errno_gen("apply", "--tree", tree, "--driver", "alpha").code == 0
    return tree


class Compilers:
    """What the next build finds, and the options that it was given."""

    def __init__(self) -> None:
        self.flagged: tuple[str, ...] = ()
        self.options: BuildOptions | None = None

    def __call__(
        self, _repo: object, commits: tuple[Commit, ...], options: BuildOptions, _progress: object
    ) -> tuple[BuildResult, ...]:
        self.options = options
        differs = FunctionChange("alpha_iommu_attach_dev", "immediates", "edited")
        change = ObjectChange(_OBJECT, (differs,), 92, "record", self.flagged)
        return tuple(
            BuildResult(
                commit=one.oid,
                driver=one.driver,
                architecture="arm64",
                configuration="allmodconfig",
                objects=(_OBJECT,),
                status=Status.PASS,
                proof="compiled",
                changes=(change,),
                warnings=(_WARNING,),
            )
            for one in commits
        )


@pytest.fixture
def compilers(monkeypatch: pytest.MonkeyPatch) -> Compilers:
    stand_in = Compilers()
    monkeypatch.setattr("errno_gen.cli.build.check", stand_in)
    return stand_in


def test_objects_and_new_warnings_are_told(kernel: Path, compilers: Compilers) -> None:
    outcome = errno_gen("build", "--tree", kernel)
    tip = git(kernel, "rev-parse", "errno-gen/einval").strip()[:12]
    assert outcome.code == 0
    for line in (
        f"{tip} arm64 alpha-iommu.o: alpha_iommu_attach_dev differs (immediates only); "
        "92 other functions identical",
        f"new warning in {tip} on arm64: {_WARNING}",
    ):
        assert line in outcome.out.splitlines()


def test_what_is_flagged_fails_only_when_asked_to(
    kernel: Path, tmp_path: Path, compilers: Compilers
) -> None:
    compilers.flagged = ("alpha_free: differs, and no edit is in it",)
    report = tmp_path / "b.json"
    outcome = errno_gen("build", "--tree", kernel, "--json", report)
    assert outcome.code == 0
    assert "  flagged: alpha_free: differs, and no edit is in it\n" in outcome.out
    (result,) = json.loads(report.read_text(encoding="utf-8"))["results"]
    assert result["changes"][0]["flagged"] == list(compilers.flagged)
    assert result["warnings"] == [_WARNING]
    assert errno_gen("build", "--tree", kernel, "--strict-objects").code == 1
    compilers.flagged = ()
    assert errno_gen("build", "--tree", kernel, "--strict-objects").code == 0


def test_annotations_are_for_github(
    kernel: Path, compilers: Compilers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    assert "::" not in errno_gen("build", "--tree", kernel).out
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    out = errno_gen("build", "--tree", kernel).out
    assert "\n::warning file=drivers/iommu/alpha-iommu.c,line=9,title=" in out


def test_the_number_of_jobs_is_this_machines_own(kernel: Path, compilers: Compilers) -> None:
    away = ("--executor", "dask://127.0.0.1:1")
    asked: list[int] = []
    for more in ((), ("--jobs", "7"), away, (*away, "--jobs", "7")):
        errno_gen("build", "--tree", kernel, *more)
        assert compilers.options is not None
        asked.append(compilers.options.jobs)
    assert asked == [default_jobs(), 7, 0, 7]


def test_the_checks_that_are_asked_for(kernel: Path, compilers: Compilers) -> None:
    errno_gen("build", "--tree", kernel)
    assert compilers.options is not None
    assert not compilers.options.checks
    errno_gen("build", "--tree", kernel, "--warnings", "--sparse", "--werror-new")
    assert compilers.options.checks == Checks(extra=True, sparse=True)
    assert compilers.options.werror_new


def test_apply_notes_which_functions_a_commit_edits(kernel: Path) -> None:
    tip = git(kernel, "rev-parse", "errno-gen/einval").strip()
    common = kernel / ".git"
    assert claimed(common, tip, "") == ("alpha_iommu_attach_dev",)
