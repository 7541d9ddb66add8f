# SPDX-License-Identifier: GPL-2.0-only
"""The rules in the documentation of the real kernels: their own kernel-doc has no objection."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from commandline import errno_gen, git
from errno_gen.analysis.c.text.sameness import same_but_comments

pytestmark = pytest.mark.kernel

HEADER, CORE = "include/linux/iommu.h", "drivers/iommu/iommu.c"
SUBJECT = "iommu: Document the errnos of attach_dev"
# What scripts/kernel-doc of the version has for all warnings.
ALL = {"61": "-v", "612": "-Wall"}


@pytest.mark.parametrize(
    ("version", "policy", "documented"),
    [
        ("61", "einval", ("iommu_attach_device", "iommu_attach_group")),
        ("61", "emediumtype", ("iommu_attach_device", "iommu_attach_group")),
        (
            "612",
            "einval",
            (
                "iommu_group_replace_domain",
                "iommu_attach_group_handle",
                "iommu_replace_group_handle",
            ),
        ),
        ("612", "emediumtype", ()),
    ],
)
def test_the_rules_of_a_real_kernel(
    version: str,
    policy: str,
    documented: tuple[str, ...],
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    source: Path = request.getfixturevalue(f"kernel_{version}")
    repo, branch = tmp_path / "linux", f"errno-gen/{policy}"
    subprocess.run(["git", "clone", "-q", "--shared", "--bare", source, repo], check=True)
    applied = errno_gen("apply", "--tree", repo, "--policy", policy, "--rules", "--driver", "intel")
    assert applied.code == 0, applied.err
    first = git(repo, "rev-list", "--reverse", f"HEAD..{branch}").split()[0]
    message = git(repo, "show", "-s", "--format=%B", first)
    assert (message.splitlines()[0] == SUBJECT) is bool(documented)
    told = [line for line in applied.out.splitlines() if line.startswith("rules: ")]
    if version == "61":
        assert not told
    else:
        # 6.12 says at the member what EINVAL is for, among others.
        expected = "says already what EINVAL is for" if documented else "and not EMEDIUMTYPE"
        assert any(HEADER in line and expected in line for line in told)
        assert len(told) == (3 if documented else 1)
    if not documented:
        return
    assert all(f"{name}()" in message for name in documented)
    files = git(repo, "diff-tree", "-r", "--name-only", "--no-commit-id", first).split()
    assert files == ([CORE, HEADER] if version == "61" else [CORE])
    script = tmp_path / "kernel-doc"
    script.write_text(git(repo, "show", "HEAD:scripts/kernel-doc"))
    for path in files:
        old, new = (git(repo, "show", f"{at}:{path}") for at in ("HEAD", first))
        assert same_but_comments(old.encode(), new.encode())
        before, after = (_warnings(script, ALL[version], text, tmp_path) for text in (old, new))
        assert not after - before
    shown = _shown(script, git(repo, "show", f"{first}:{CORE}"), documented, tmp_path)
    assert shown.count("**Return**") + shown.count("**Return** ") == len(documented)
    # What was done needs not be done again.
    again = errno_gen(
        *("apply", "--tree", repo, "--policy", policy, "--rules", "--driver", "intel"),
        *("--rev", branch, "--branch", "again"),
    )
    assert again.code == 0
    assert again.out.endswith("no branch was made\n")
    assert again.out.count("says already what") == (3 if version == "61" else 6)


def _warnings(script: Path, everything: str, text: str, folder: Path) -> Counter[str]:
    """What kernel-doc warns of in a file, without the lines, each with its number."""
    file = folder / "file.c"
    file.write_text(text)
    command = ["perl", script, "-none", everything, file]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = (re.sub(r"^\S+?:\d+: ", "", line) for line in done.stderr.splitlines())
    return Counter(line for line in found if not line.startswith("info:"))


def _shown(script: Path, text: str, functions: tuple[str, ...], folder: Path) -> str:
    """The functions' documentation as kernel-doc makes it."""
    file = folder / "file.c"
    file.write_text(text)
    asked = [argument for name in functions for argument in ("-function", name)]
    command = ["perl", script, "-rst", *asked, file]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
