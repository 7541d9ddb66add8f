# SPDX-License-Identifier: GPL-2.0-only
"""The semantic patches of the real kernels, run as a person runs them: all sites are expressed.

What comes of them is compared here in a way of our own: without white space and braces.
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from commandline import errno_gen, git
from spatches import SPATCHES

pytestmark = pytest.mark.kernel

# Kernel and policy; drivers that change, and edits, each of which a rule makes.
RUNS = {
    ("61", "einval"): (12, 38),
    ("61", "emediumtype"): (11, 35),
    ("612", "einval"): (7, 17),
    ("612", "emediumtype"): (1, 2),
}
_TOLD = re.compile(r"semantic patches in \S+: (\d+) files?, (\d+) of (\d+) edits, tried with (.*)")


@dataclass(frozen=True)
class Run:
    """What one ``apply`` made: a repository with a branch, a folder, and what was said."""

    repo: Path
    folder: Path
    out: str


@pytest.fixture(scope="module", params=RUNS, ids="-".join)
def run(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Run, tuple[int, int]]:
    kernel, policy = request.param
    source = request.getfixturevalue(f"kernel_{kernel}")
    folder = tmp_path_factory.mktemp("smpl")
    repo = folder / "linux"
    command = ["git", "clone", "-q", "--shared", "--no-checkout", str(source), str(repo)]
    subprocess.run(command, check=True)
    outcome = errno_gen(
        "apply", "--tree", repo, "--policy", policy, "--branch", "done", "--signoff",
        "--no-rules", "--emit-smpl", folder / "cocci", "--smpl-in-changelog",
    )  # fmt: skip
    assert outcome.code == 0, outcome.err
    return Run(repo, folder / "cocci", outcome.out), RUNS[request.param]


def test_every_site_is_expressed(run: tuple[Run, tuple[int, int]]) -> None:
    made, (drivers, edits) = run
    told = _TOLD.search(made.out)
    assert told is not None, made.out
    assert tuple(map(int, told.groups()[:3])) == (drivers, edits, edits)
    assert "not expressible" not in made.out and "not precise" not in made.out
    assert len(list(made.folder.glob("*.cocci"))) == drivers
    assert told[4].count(".") == 2 * len(SPATCHES)


@pytest.mark.parametrize("version", sorted(SPATCHES))
def test_plain_spatch_makes_the_same_change(
    run: tuple[Run, tuple[int, int]], version: str, tmp_path: Path
) -> None:
    """On all of drivers/iommu at once, each file with those of all other drivers.

    Every other file is run with the options of the kernel's coccicheck.
    """
    made, _ = run
    _checkout(made.repo, "done~0", tmp_path / "done")
    _checkout(made.repo, _base(made.repo), tmp_path / "tree")
    for number, rule in enumerate(sorted(made.folder.glob("*.cocci"))):
        options = ("-D", "patch", "--no-includes") if number % 2 else ()
        command = [SPATCHES[version], *options, "--sp-file", str(rule), "--in-place"]
        done = subprocess.run(
            [*command, "--dir", "drivers/iommu"], cwd=tmp_path / "tree", capture_output=True
        )
        assert done.returncode == 0, done.stderr.decode()
    got, wanted = _texts(tmp_path / "tree"), _texts(tmp_path / "done")
    assert got.keys() == wanted.keys()
    assert [path for path in got if got[path] != wanted[path]] == []


def test_checkpatch_finds_nothing_in_the_changelogs(
    run: tuple[Run, tuple[int, int]], tmp_path: Path
) -> None:
    made, (drivers, _) = run
    base = _base(made.repo)
    log = git(made.repo, "log", "--format=%B", f"{base}..done")
    assert log.count("\n// <smpl>\n") == log.count("\n// </smpl>\n") >= min(drivers, 4)
    git(made.repo, "format-patch", "-q", "-o", str(tmp_path), f"{base}..done")
    (tmp_path / "checkpatch.pl").write_text(git(made.repo, "show", f"{base}:scripts/checkpatch.pl"))
    for name in ("spelling.txt", "const_structs.checkpatch"):
        (tmp_path / name).write_text(git(made.repo, "show", f"{base}:scripts/{name}"))
    patches = sorted(str(path) for path in tmp_path.glob("*.patch"))
    command = ["perl", "checkpatch.pl", "--no-tree", "--strict", "--show-types", "--terse"]
    done = subprocess.run([*command, *patches], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_git_am_takes_the_changelogs_as_they_are(
    run: tuple[Run, tuple[int, int]], tmp_path: Path
) -> None:
    made, _ = run
    base = _base(made.repo)
    git(made.repo, "format-patch", "-q", "-o", str(tmp_path / "mails"), f"{base}..done")
    tree = tmp_path / "tree"
    git(made.repo, "worktree", "add", "-q", "--no-checkout", "--detach", str(tree), base)
    git(tree, "sparse-checkout", "set", "drivers/iommu")
    git(tree, "read-tree", "-mu", "HEAD")
    git(tree, "am", "-q", *(str(path) for path in sorted((tmp_path / "mails").iterdir())))
    form = ("log", "--format=%T%n%B", f"{base}..HEAD")
    assert git(tree, *form) == git(made.repo, "log", "--format=%T%n%B", f"{base}..done")


def _base(repo: Path) -> str:
    return git(repo, "rev-parse", "HEAD").strip()


def _checkout(repo: Path, rev: str, folder: Path) -> None:
    folder.mkdir()
    archive = subprocess.run(
        ["git", "-C", str(repo), "archive", rev, "drivers/iommu"], capture_output=True, check=True
    )
    subprocess.run(["tar", "-x"], cwd=folder, input=archive.stdout, check=True)


def _texts(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, without white space and braces."""
    return {
        str(path.relative_to(folder)): re.sub(rb"[\s{}]+", b"", path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file()
    }
