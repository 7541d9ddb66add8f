# SPDX-License-Identifier: GPL-2.0-only
"""Whole series of the real kernels: the kernel's own scripts have nothing to object to."""

from __future__ import annotations

import email
import email.policy
import os
import subprocess
from pathlib import Path

import pytest

import prepbranch
from commandline import errno_gen, git
from gitrepo import GitRepo

pytestmark = pytest.mark.kernel


@pytest.mark.parametrize(
    ("version", "policy"), [("61", "einval"), ("61", "emediumtype"), ("612", "einval")]
)
def test_the_kernels_own_scripts_take_the_series(
    version: str,
    policy: str,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Whoever signs off is the author, as usual.
    for name in ("NAME", "EMAIL"):
        monkeypatch.setenv(f"GIT_AUTHOR_{name}", os.environ[f"GIT_COMMITTER_{name}"])
    source: Path = request.getfixturevalue(f"kernel_{version}")
    repo, folder = tmp_path / "linux", tmp_path / "series"
    subprocess.run(["git", "clone", "-q", "--shared", "--bare", source, repo], check=True)
    applied = errno_gen("apply", "--tree", repo, "--policy", policy, "-s")
    assert applied.code == 0, applied.err
    outcome = errno_gen("series", "--tree", repo, "-o", folder)
    assert outcome.code == 0, outcome.out
    assert outcome.out.endswith("checkpatch: no findings\n")
    mails = [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in sorted(folder.iterdir())
    ]
    for mail in mails:
        # The lists of the subsystem and of the kernel, and somebody who maintains it.
        assert "iommu@lists.linux.dev" in str(mail["Cc"])
        assert "linux-kernel@vger.kernel.org" in str(mail["Cc"])
        assert "Joerg Roedel <joro@8bytes.org>" in str(mail["To"])
    commits = f"HEAD..errno-gen/{policy}"
    trees = git(repo, "log", "--reverse", "--format=%T", commits).split()
    assert len(mails) == len(trees) + 1

    touched = {name for mail in mails for name in _files(mail.get_content())}
    fresh = tmp_path / "fresh"
    git(repo, "worktree", "add", "-q", "--no-checkout", "--detach", str(fresh), "HEAD")
    git(fresh, "sparse-checkout", "set", "--no-cone", *sorted(touched))
    git(fresh, "checkout", "-q")
    git(fresh, "am", "-q", *map(str, sorted(folder.iterdir())[1:]))
    base = git(repo, "rev-parse", "HEAD").strip()
    assert git(fresh, "log", "--reverse", "--format=%T", f"{base}..HEAD").split() == trees


def test_b4_goes_on_with_a_series(
    kernel_61: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The recipients and checks of b4, with the kernel's own scripts."""
    for name in ("NAME", "EMAIL"):
        monkeypatch.setenv(f"GIT_AUTHOR_{name}", os.environ[f"GIT_COMMITTER_{name}"])
    for name in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
        monkeypatch.delenv(name)
    clone = tmp_path / "linux"
    subprocess.run(["git", "clone", "-qsn", "-o", "up", kernel_61, clone], check=True)
    repo = GitRepo(clone)
    repo.git("sparse-checkout", "set", "scripts")
    repo.git("checkout", "-q", "-B", "master")
    # By these get_maintainer.pl knows the top of a kernel.
    for name in ("arch", "Documentation", "drivers", "fs", "include", "init", "ipc", "kernel"):
        (clone / name).mkdir(exist_ok=True)
    (clone / "lib").mkdir(exist_ok=True)
    prepbranch.apply(repo, "--driver", "omap", "--driver", "sprd")
    prepbranch.b4(repo, "prep", "--auto-to-cc")
    assert "Success: 2, Warning: 0, Error: 0" in prepbranch.b4(repo, "prep", "--check")
    known = prepbranch.info(repo)
    assert known["preflight-checks-failing"] == "False"
    cover, *patches = prepbranch.mails(repo, tmp_path / "sent")
    assert len(patches) == 2
    assert "Joerg Roedel <joro@8bytes.org>" in str(cover["To"])
    assert "iommu@lists.linux.dev" in str(cover["Cc"])


def _files(text: str) -> list[str]:
    return [line[6:] for line in text.splitlines() if line.startswith("+++ b/")]
