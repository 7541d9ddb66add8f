# SPDX-License-Identifier: GPL-2.0-only
"""The semantic patches of the small kernel, whole, and what the commands say of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from commandline import errno_gen, git, repository, state
from goldenfiles import same_as


@pytest.fixture
def kernel(tmp_path: Path) -> Path:
    return repository(tmp_path / "linux")


def texts(folder: Path) -> str:
    """All files of a folder, without what depends on the machine."""
    found = "".join(f"==> {path.name} <==\n{path.read_text()}" for path in sorted(folder.iterdir()))
    told = re.sub(r"Tried with spatch [^\n]*\.", "Tried with spatch VERSIONS.", found)
    return re.sub(r"\([0-9a-f]{12}\)", "(COMMIT)", told)


@pytest.mark.parametrize("policy", ["einval", "emediumtype"])
def test_the_files(kernel: Path, tmp_path: Path, policy: str) -> None:
    folder = tmp_path / "new" / "smpl"
    before = state(kernel)
    outcome = errno_gen(
        "apply", "--tree", kernel, "--policy", policy, "--dry-run", "--emit-smpl", folder
    )
    assert outcome.code == 0
    plain = errno_gen("apply", "--tree", kernel, "--policy", policy, "--dry-run")
    assert outcome.out == plain.out
    assert f"note: semantic patches in {folder}: 3 files, " in outcome.err
    assert state(kernel) == before
    assert sorted(path.name for path in folder.iterdir()) == [
        "alpha.cocci", "beta.cocci", "gamma.cocci",
    ]  # fmt: skip
    assert [path.name for path in folder.parent.iterdir()] == ["smpl"]
    same_as(f"smpl-{policy}.txt", texts(folder))


def test_in_the_changelog(kernel: Path, tmp_path: Path) -> None:
    folder = tmp_path / "smpl"
    outcome = errno_gen(
        "apply", "--tree", kernel, "--smpl-in-changelog", "--emit-smpl", folder, "-s"
    )  # fmt: skip
    assert outcome.code == 0
    assert re.search(
        rf"^semantic patches in {folder}: 3 files, (\d+) of \1 edits", outcome.out, re.M
    )
    log = git(kernel, "log", "--reverse", "--format=%B%x00", "master..errno-gen/einval")
    same_as("smpl-changelogs.txt", log.replace("\x00", "-" * 75))


def test_only_in_the_changelog(kernel: Path) -> None:
    outcome = errno_gen("apply", "--tree", kernel, "--smpl-in-changelog", "--driver", "beta")
    assert outcome.code == 0 and "semantic patch" not in outcome.out
    assert "// <smpl>" in git(kernel, "log", "-1", "--format=%B", "errno-gen/einval")


def test_nothing_to_say_makes_no_folder_and_no_branch(kernel: Path, tmp_path: Path) -> None:
    folder = tmp_path / "smpl"
    before = state(kernel)
    outcome = errno_gen("apply", "--tree", kernel, "--driver", "epsilon", "--emit-smpl", folder)
    assert outcome.code == 0
    assert not folder.exists()
    assert state(kernel) == before


def test_what_is_there_stays(kernel: Path, tmp_path: Path) -> None:
    folder = tmp_path / "smpl"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    (folder / "beta.cocci").write_text("mine")
    command = ("apply", "--tree", kernel, "--driver", "beta", "--dry-run", "--emit-smpl", folder)
    outcome = errno_gen(*command)
    assert outcome.code == 2
    assert outcome.errors == [f"error: {folder} holds beta.cocci already"]
    assert (folder / "beta.cocci").read_text() == "mine"
    (folder / "alpha.cocci").write_text("mine")
    outcome = errno_gen(*command, "--force")
    assert outcome.code == 0
    assert f"{folder / 'alpha.cocci'} was there before, and stays as it was" in outcome.err
    assert "beta_domain_join(...)" in (folder / "beta.cocci").read_text()
    names = ["alpha.cocci", "beta.cocci", "notes.txt"]
    assert sorted(path.name for path in folder.iterdir()) == names
    assert (folder / "alpha.cocci").read_text() == "mine"
    assert (folder / "notes.txt").read_text() == "mine"


def test_a_file_is_no_folder(kernel: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    outcome = errno_gen("apply", "--tree", kernel, "--emit-smpl", tmp_path / "file")
    assert outcome.code == 2
    assert outcome.errors == [f"error: {tmp_path / 'file'} is no folder"]


def test_interrupted_it_leaves_no_folder(
    kernel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    real = Path.write_bytes

    def write(path: Path, content: bytes) -> int:
        if path.is_relative_to(tmp_path / "out"):
            written.append(path.name)
            if len(written) == 2:
                raise KeyboardInterrupt
        return real(path, content)

    folder = tmp_path / "out" / "smpl"
    monkeypatch.setattr(Path, "write_bytes", write)
    outcome = errno_gen("apply", "--tree", kernel, "--dry-run", "--emit-smpl", folder)
    assert (outcome.code, len(written)) == (130, 2)
    assert list(folder.parent.iterdir()) == []
