# SPDX-License-Identifier: GPL-2.0-only
"""What must come out of Linux 6.1, known by driver, function, errno and words of the guard.

Lines are left out on purpose: a point release of the distribution moves them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from errno_gen.analysis.kernel.known_errnos import KnownErrnos
from errno_gen.analysis.kernel.summaries import Summaries
from errno_gen.model import Action, Callback, Cause, Driver, Verdict
from errno_gen.policy import load_policy
from errno_gen.stages.analyse import analyse
from errno_gen.stages.discover import discover
from errno_gen.stages.knowledge import Knowledge
from errno_gen.stages.rewrite import rewrite
from errno_gen.tools.git.repository import Repository
from errno_gen.tools.kernel.tree import KernelTree

pytestmark = pytest.mark.kernel

DRIVERS = (
    "amd", "apple-dart", "arm-smmu", "arm-smmu-v3", "exynos", "fsl_pamu", "intel", "ipmmu-vmsa",
    "msm", "mtk", "mtk_v1", "omap", "qcom", "rockchip", "s390", "sprd", "sun50i", "tegra-gart",
    "tegra-smmu", "virtio",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scanned:
    """The callbacks and verdicts of the kernel under both policies."""

    callbacks: tuple[Callback, ...]
    einval: tuple[Verdict, ...]
    emediumtype: tuple[Verdict, ...]


@pytest.fixture(scope="module")
def scanned(kernel_61: Path, known_cache: Path) -> Scanned:
    repo = Repository.open(kernel_61)
    try:
        tree = KernelTree(repo, repo.resolve("HEAD"))
        einval, emediumtype = load_policy("einval"), load_policy("emediumtype")
        knowledge = Knowledge(tree, known_cache)
        summaries, behaviours = Summaries(knowledge), knowledge.behaviours()
        known = KnownErrnos(knowledge)
        found = discover(tree, einval)
        assert found.failures == ()
        verdicts: dict[str, list[Verdict]] = {"einval": [], "emediumtype": []}
        for driver in found.drivers:
            for policy in (einval, emediumtype):
                done = analyse(
                    tree, policy, driver, found.callbacks,
                    summaries=summaries, behaviours=behaviours, known=known,
                )  # fmt: skip
                verdicts[policy.name].extend(done)
        return Scanned(found.callbacks, tuple(verdicts["einval"]), tuple(verdicts["emediumtype"]))
    finally:
        repo.close()


def pick(
    verdicts: tuple[Verdict, ...], driver: str, function: str, errno: str, guard: str
) -> Verdict:
    """The one verdict of that function and errno whose innermost guard has these words."""
    found = [
        verdict
        for verdict in verdicts
        if (verdict.driver, verdict.site.function, verdict.site.errno) == (driver, function, errno)
        and verdict.guard
        and guard in str(verdict.guard[0])
    ]
    assert len(found) == 1, [str(v.guard[:1]) for v in found]
    return found[0]


def test_all_callbacks_are_found(scanned: Scanned) -> None:
    assert tuple(sorted({callback.driver for callback in scanned.callbacks})) == DRIVERS
    assert len(scanned.callbacks) == 20
    assert {callback.member for callback in scanned.callbacks} == {"attach_dev"}


def test_no_attach_path_is_empty_and_the_number_of_constants_is_about_what_people_count(
    scanned: Scanned,
) -> None:
    constants = {
        (verdict.site.constant.file, verdict.site.constant.start)
        for verdict in scanned.einval
        if verdict.cause is not Cause.KAPI
    }
    assert {verdict.driver for verdict in scanned.einval} == set(DRIVERS)
    assert 100 <= len(constants) <= 125


REWRITTEN = [
    # driver, function, errno, guard, cause, new errno, whether the message goes
    ("omap", "omap_iommu_attach_dev", "EBUSY", "omap_domain->dev", "incompatible", "EINVAL", True),
    ("omap", "omap_iommu_attach_dev", "EINVAL", "arch_data->iommu_dev", "device", "ENODEV", False),
    ("virtio", "viommu_attach_dev", "EXDEV", "vdomain->viommu != vdev->viommu", "incompatible",
     "EINVAL", True),
    ("intel", "prepare_domain_attach_device", "EOPNOTSUPP", "force_snooping", "incompatible",
     "EINVAL", False),
    ("intel", "prepare_domain_attach_device", "EFAULT", "max_addr >", "incompatible", "EINVAL",
     True),
    ("arm-smmu-v3", "arm_smmu_attach_dev", "ENXIO", "smmu_domain->smmu != smmu", "incompatible",
     "EINVAL", True),
    ("amd", "amd_iommu_attach_device", "EINVAL", "check_device(dev)", "device", "ENODEV", False),
    ("amd", "amd_iommu_attach_device", "EINVAL", "!iommu", "device", "ENODEV", False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("driver", "function", "errno", "guard", "cause", "wanted", "message"), REWRITTEN
)
def test_what_must_change_changes(
    scanned: Scanned,
    driver: str,
    function: str,
    errno: str,
    guard: str,
    cause: str,
    wanted: str,
    message: bool,
) -> None:
    verdict = pick(scanned.einval, driver, function, errno, guard)
    assert (verdict.cause.value, verdict.action) == (cause, Action.REWRITE)
    assert verdict.wanted == wanted
    assert bool(verdict.prints) is message


KEPT = [
    # A missing device or IOMMU: ENODEV is right, ENXIO and ENOENT are discouraged only.
    ("exynos", "exynos_iommu_attach_device", "ENODEV", "has_sysmmu", "device"),
    ("sun50i", "sun50i_iommu_attach_device", "ENODEV", "iommu", "device"),
    ("s390", "s390_iommu_attach_device", "ENODEV", "zdev", "device"),
    ("intel", "prepare_domain_attach_device", "ENODEV", "iommu", "device"),
    ("arm-smmu", "arm_smmu_attach_dev", "ENXIO", "fwspec", "device"),
    ("arm-smmu", "arm_smmu_attach_dev", "ENODEV", "cfg", "device"),
    ("arm-smmu-v3", "arm_smmu_attach_dev", "ENOENT", "fwspec", "device"),
    ("ipmmu-vmsa", "ipmmu_attach_device", "ENXIO", "mmu", "device"),
    ("qcom", "qcom_iommu_attach_dev", "ENXIO", "qcom_iommu", "device"),
    ("tegra-smmu", "tegra_smmu_attach_dev", "ENOENT", "fwspec", "device"),
    # Hardware that runs another domain, or a device that is in use by other means.
    ("tegra-gart", "gart_iommu_attach_dev", "EBUSY", "active_domain", "busy"),
    ("amd", "attach_device", "EBUSY", "dev_data->domain", "busy"),
    ("arm-smmu-v3", "arm_smmu_attach_dev", "EBUSY", "sva_enabled", "busy"),
    # Memory and ids.
    ("sprd", "sprd_iommu_attach_device", "ENOMEM", "pgt_va", "nomem"),
    ("omap", "omap_iommu_attach_init", "ENOMEM", "odomain->iommus", "nomem"),
    ("tegra-smmu", "tegra_smmu_alloc_asid", "ENOSPC", "id >=", "nospc"),
    ("arm-smmu-v3", "arm_smmu_bitmap_alloc", "ENOSPC", "idx ==", "nospc"),
]


@pytest.mark.parametrize(("driver", "function", "errno", "guard", "cause"), KEPT)
def test_what_must_stay_stays(
    scanned: Scanned, driver: str, function: str, errno: str, guard: str, cause: str
) -> None:
    verdict = pick(scanned.einval, driver, function, errno, guard)
    assert verdict.cause.value == cause
    assert verdict.action in (Action.KEEP, Action.DISCOURAGED)
    assert verdict.prints == ()


def test_the_busy_hardware_is_explained(scanned: Scanned) -> None:
    verdict = pick(scanned.einval, "tegra-gart", "gart_iommu_attach_dev", "EBUSY", "active_domain")
    assert verdict.wanted == "EBUSY"
    assert "compared with this domain itself" in verdict.because[0]
    assert "A fresh domain would not help." in verdict.because[0]


def test_a_condition_code_is_never_handed_on(scanned: Scanned) -> None:
    verdict = pick(scanned.einval, "s390", "s390_iommu_attach_device", "EIO", "cc")
    assert (verdict.cause, verdict.action) == (Cause.UNKNOWN, Action.REVIEW)
    assert verdict.propagate is None


def test_codes_of_kernel_functions_that_pass_through_are_reported_with_their_witness(
    scanned: Scanned,
) -> None:
    passed = [v for v in scanned.einval if v.cause is Cause.KAPI]
    assert all(verdict.action is Action.KEEP for verdict in passed)
    omap = [v for v in passed if v.driver == "omap" and v.site.errno == "EINVAL"]
    assert any("pm_runtime_get_sync()" in v.because[0] for v in omap)
    assert any("rpm_resume()" in v.because[0] for v in omap)


def test_a_preset_constant_is_split_as_an_expert_does(
    scanned: Scanned, kernel_61: Path, tmp_path: Path
) -> None:
    """One way out hands on the code of the call that it tests; the preset stays for others."""
    verdict = pick(scanned.einval, "amd", "attach_device", "EINVAL", "pdev_pri_ats_enable")
    assert (verdict.cause, verdict.action) == (Cause.SWALLOWED, Action.REWRITE)
    assert verdict.split is not None and verdict.split.form == "call"
    path = verdict.site.constant.file
    repo = Repository.open(kernel_61)
    source = repo.read(repo.resolve("HEAD"), path)
    repo.close()
    assert source is not None
    driver = Driver("amd", "", "", (path,))
    patch = rewrite(driver, (), [verdict], {path: source}, scratch=tmp_path, timeout=60)
    assert patch is not None
    old = b"if (pdev_pri_ats_enable(pdev) != 0)\n"
    new = b"ret = pdev_pri_ats_enable(pdev);\n\t\t\tif (ret)\n"
    assert source.text.count(old) == 1
    assert patch.changes[0].after == source.text.replace(old, new)


def test_what_is_not_decided_is_never_changed(scanned: Scanned) -> None:
    for verdict in (*scanned.einval, *scanned.emediumtype):
        if verdict.cause is Cause.UNKNOWN:
            assert verdict.action is Action.REVIEW
            assert verdict.wanted is None
            assert verdict.prints == ()
            assert verdict.because


def test_one_constant_is_never_changed_in_two_ways(scanned: Scanned) -> None:
    for verdicts in (scanned.einval, scanned.emediumtype):
        changes = {
            (v.site.constant.file, v.site.constant.start, v.propagate or v.wanted)
            for v in verdicts
            if v.action is Action.REWRITE and v.split is None
        }
        constants = Counter((file, start) for file, start, _ in changes)
        assert set(constants.values()) == {1}


def test_the_second_policy_changes_incompatible_sites_only(scanned: Scanned) -> None:
    changed = [v for v in scanned.emediumtype if v.action in (Action.REWRITE, Action.DROP_PRINT)]
    assert changed
    assert {verdict.cause for verdict in changed} == {Cause.INCOMPATIBLE}
    assert {verdict.wanted for verdict in changed} == {"EMEDIUMTYPE"}
    omap = pick(scanned.emediumtype, "omap", "omap_iommu_attach_dev", "EBUSY", "omap_domain->dev")
    assert omap.action is Action.REWRITE
