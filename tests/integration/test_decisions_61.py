# SPDX-License-Identifier: GPL-2.0-only
"""Decisions on Linux 6.1: what its code leaves open is settled by a person, and stays so."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from commandline import errno_gen, git
from errno_gen.decisions import decision_text

pytestmark = pytest.mark.kernel

SETTLED = """\
[[decision]]
driver = "tegra-smmu"
function = "tegra_smmu_as_prepare"
errno = "ENOMEM"
guard = "!smmu_dma_addr_valid(smmu, as->pd_dma)"
cause = "device"
reason = "Where the page directory lies is a matter of this machine's memory, not of the domain."

[[decision]]
function = "omap_iommu_attach_init"
errno = "EINVAL"
guard = "WARN_ON(!IS_ALIGNED((long)iommu->pgtable, IOPGD_TABLE_SIZE))"
cause = "nomem"
reason = "The allocator gave a table that cannot be used."

[[decision]]
function = "omap_iommu_runtime_resume"
errno = "?"
guard = "pdata && pdata->deassert_reset"
action = "keep"
reason = "What the platform returns is its own."
"""


@pytest.fixture
def decisions(tmp_path: Path) -> Path:
    path = tmp_path / "decisions.toml"
    path.write_text(SETTLED, encoding="utf-8")
    return path


@pytest.fixture
def kernel(kernel_61: Path, tmp_path: Path) -> Path:
    """A repository of its own, with the objects of the real kernel."""
    clone = tmp_path / "linux.git"
    git(tmp_path, "clone", "-q", "--shared", "--bare", str(kernel_61), str(clone))
    return clone


def test_a_site_that_the_code_leaves_open_is_settled(kernel: Path, decisions: Path) -> None:
    drivers = ("--driver", "omap", "--driver", "tegra-smmu")
    common = ("--tree", kernel, *drivers)
    asked = tomllib.loads(errno_gen("scan", *common, "--undecided").out)["decision"]
    wanted = tomllib.loads(SETTLED)["decision"]
    assert {(d["function"], d["errno"], d["guard"]) for d in wanted} <= {
        (d["function"], d["errno"], d["guard"]) for d in asked
    }
    assert not errno_gen("scan", *common, "--undecided", "--decisions", decisions).out

    found = errno_gen("scan", *common, "--decisions", decisions, "--format", "json")
    assert (found.code, found.err) == (0, "")
    settled = [v for v in json.loads(found.out)["verdicts"] if v["decision"]]
    assert [(v["driver"], v["cause"], v["wanted"], v["action"]) for v in settled] == [
        ("omap", "unknown", None, "keep"),
        ("omap", "nomem", "ENOMEM", "rewrite"),
        ("tegra-smmu", "device", "ENODEV", "discouraged"),
    ]

    strict = (*common, "--decisions", decisions, "--strict")
    diff = errno_gen("apply", *strict, "--dry-run").out
    plain = errno_gen("apply", *common, "--strict", "--dry-run").out
    changed = [line for line in diff.splitlines() if line not in plain.splitlines()]
    assert "+\t\t\treturn -ENOMEM;" in changed
    assert "+\t\terr = -ENODEV;" in changed

    assert errno_gen("apply", *strict, "--branch", "decided").code == 0
    log = " ".join(git(kernel, "log", "-2", "--format=%B", "decided").split())
    for decision in (each for each in wanted if "cause" in each):
        assert f"The check of `{decision['guard']}` was judged by hand: " in log
        assert decision["reason"] in log
    assert "what that does with it is not known" not in log
    assert "is computed from nothing" not in log


def test_the_tools_own_causes_change_no_cause(kernel: Path, tmp_path: Path) -> None:
    scan = ("scan", "--tree", kernel, "--format", "json")
    before = json.loads(errno_gen(*scan).out)["verdicts"]
    causes: dict[tuple[str, str, str, str], set[str]] = {}
    for verdict in before:
        guard = "".join((verdict["guard"] or [""])[0].split())
        key = (verdict["driver"], verdict["function"], verdict["errno"], guard)
        causes.setdefault(key, set()).add(verdict["cause"])
    names = ("driver", "function", "errno", "guard")
    texts = [
        decision_text(
            dict(zip(names, key, strict=True)) | {"cause": found.pop(), "reason": "So it is."}
        )
        for key, found in causes.items()
        if len(found) == 1
    ]
    assert len(texts) > 50
    path = tmp_path / "own.toml"
    path.write_text("".join(texts), encoding="utf-8")
    after = json.loads(errno_gen(*scan, "--decisions", path).out)
    assert after["stale_decisions"] == []
    assert [v["cause"] for v in after["verdicts"]] == [v["cause"] for v in before]
