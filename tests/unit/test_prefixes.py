# SPDX-License-Identifier: GPL-2.0-only
"""Subject prefixes: learned from a history, told by a policy, made from paths."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from conftest import MakeRepo
from errno_gen.errors import InputError
from errno_gen.model import Driver, DriverPatch
from errno_gen.policy import Policy, load_policy, parse_policy
from errno_gen.resources import data_file
from errno_gen.stages.commit.prefixes import prefixes
from errno_gen.tools.git.repository import Repository
from errno_gen.tools.kernel.subjects import learned, prefix_of, shared
from gitrepo import GitRepo

VTD = ("drivers/iommu/intel/iommu.c", "drivers/iommu/intel/pasid.c", "drivers/iommu/intel/iommu.h")
SMMU = ("drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c",)
OMAP = ("drivers/iommu/omap-iommu.c",)
QUIET = ("drivers/iommu/quiet-iommu.c",)

# What a history looks like: the files that a commit touches, and its subject, oldest first.
HISTORY = (
    ((*OMAP, "arch/arm/mach-omap2/iommu2.c"), "omap iommu: tlb and pagetable primitives"),
    (OMAP, "omap: iommu: Reserve memory"),
    (("drivers/iommu/intel/iommu.c",), "intel-iommu: Fix off-by-one"),
    (("drivers/iommu/intel/iommu.c",), "iommu/vt-d: Remove unused variables"),
    (SMMU, "iommu/arm-smmu-v3: Fix event handling"),
    ((*VTD[:2], *SMMU, *OMAP, "include/linux/iommu.h"), "iommu: Pass the old domain"),
    (OMAP, "iommu/omap: Fix a NULL dereference"),
    (("drivers/iommu/intel/pasid.c", VTD[2]), "iommu/vt-d: Add helper to set up a PASID"),
    (SMMU, 'Revert "iommu/arm-smmu-v3: Fix event handling"'),
    ((*SMMU, "Documentation/arm.rst"), "iommu/arm-smmu-v3: Document the quirk"),
    ((*VTD, "include/linux/intel-iommu.h"), "iommu/vt-d: Move the header"),
    ((*VTD[:2], *SMMU, *OMAP, *QUIET, "mm/slab.h"), "treewide: Use kmalloc_obj()"),
    (OMAP, "iommu/omap: Use dev_err_probe()"),
)


@dataclass(frozen=True)
class Change:
    subject: str
    files: frozenset[str]


def patch(name: str, files: tuple[str, ...]) -> DriverPatch:
    return DriverPatch(Driver(name, "drivers/iommu", "", files), (), (), (), ())


PATCHES = [patch("vtd", VTD), patch("smmu", SMMU), patch("omap", OMAP), patch("quiet", QUIET)]


def with_history(repo: GitRepo) -> Repository:
    """A repository with the history above, with a merge at its end."""
    everything = {path: "start\n" for files, _ in HISTORY for path in files}
    repo.commit(everything, "Linux")
    for number, (files, subject) in enumerate(HISTORY):
        repo.commit(dict.fromkeys(files, f"{number}\n"), f"{subject}\n\nBecause.\n")
    repo.git("checkout", "-q", "-b", "side", "HEAD~2")
    repo.commit({OMAP[0]: "side\n"}, "iommu/omap: Go another way")
    repo.git("checkout", "-q", "master")
    repo.git("merge", "-q", "-s", "ours", "-m", "merge: side", "side")
    return Repository.open(repo.path)


def named(repo: Repository, policy: Policy) -> list[str]:
    found = prefixes(repo, repo.resolve("HEAD"), PATCHES, policy)
    return [found[one.driver] for one in PATCHES]


def test_prefixes_are_learned_from_the_history(make_repo: MakeRepo) -> None:
    repo = with_history(make_repo({}))
    learned_ones = ["iommu/vt-d", "iommu/arm-smmu-v3", "iommu/omap", "iommu/quiet"]
    assert named(repo, load_policy("einval")) == learned_ones


def test_without_a_history_the_paths_tell(make_repo: MakeRepo) -> None:
    repo = Repository.open(
        make_repo({path: "" for one in PATCHES for path in one.driver.files}).path
    )
    from_paths = ["iommu/intel", "iommu/arm-smmu-v3", "iommu/omap", "iommu/quiet"]
    assert named(repo, load_policy("einval")) == from_paths


def test_a_policy_has_the_last_word(make_repo: MakeRepo) -> None:
    text = data_file("policies", "einval.toml").read_text(encoding="utf-8")
    policy = parse_policy(
        f'{text}\n[prefixes]\n"drivers/iommu/*/iommu.c" = "x86: VT-d"\n', "p.toml"
    )
    assert named(with_history(make_repo({})), policy)[0] == "x86: VT-d"


@pytest.mark.parametrize("prefix", ["", "iommu:", "a\\nb", "two words"])
def test_a_policy_gives_no_odd_prefix(prefix: str) -> None:
    text = data_file("policies", "einval.toml").read_text(encoding="utf-8")
    with pytest.raises(InputError, match=r"p\.toml, line \d+: 'prefixes\.drivers/\*' must be"):
        parse_policy(f'{text}\n[prefixes]\n"drivers/*" = "{prefix}"\n', "p.toml")


@pytest.mark.parametrize(
    ("subject", "prefix"),
    [
        ("iommu/vt-d: Fix it", "iommu/vt-d"),
        ("ARM: OMAP2+: hwmod: Fix it", "ARM: OMAP2+: hwmod"),
        ("iommu: arm-smmu:  Fix it: twice", "iommu: arm-smmu"),
        ("Fix iommu: it was broken", ""),
        ("Linux 6.1", ""),
        ("iommu/vt-d:", ""),
    ],
)
def test_the_prefix_of_a_subject(subject: str, prefix: str) -> None:
    assert prefix_of(subject) == prefix


def test_of_prefixes_that_are_used_as_often_the_latest_is_taken() -> None:
    files = frozenset(OMAP)
    history = [Change("new: one", files), Change("old: two", files), Change("plain", files)]
    assert learned(history, OMAP) == "new"


def test_old_commits_are_outvoted() -> None:
    files = frozenset(OMAP)
    history = [Change("new: x", files)] * 16 + [Change("old: x", files)] * 500
    assert learned(history, OMAP) == "new"


@pytest.mark.parametrize(
    ("subjects", "common"),
    [
        (["iommu/vt-d: A", "iommu/omap: B"], "iommu"),
        (["iommu/vt-d: A", "iommu/vt-d: B"], "iommu/vt-d"),
        (["iommu: vt-d: A", "iommu: omap: B"], "iommu"),
        (["iommu/omap: A", "ARM: omap: B"], ""),
        (["iommu/omap: A"], "iommu/omap"),
        ([], ""),
    ],
)
def test_what_subjects_share(subjects: list[str], common: str) -> None:
    assert shared(subjects) == common
