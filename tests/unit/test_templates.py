# SPDX-License-Identifier: GPL-2.0-only
"""Templates of the user's own, before those that ship."""

from __future__ import annotations

from pathlib import Path

import pytest

from commandline import errno_gen, git, repository, state
from errno_gen.resources import share_dir


@pytest.fixture
def kernel(tmp_path: Path) -> Path:
    return repository(tmp_path / "linux")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mine").mkdir()
    return tmp_path / "mine"


def write(folder: Path, text: str, name: str = "commit-message.txt.j2") -> None:
    (folder / name).write_text(text, encoding="utf-8")


def test_a_template_of_the_user_comes_first(kernel: Path, folder: Path) -> None:
    write(folder, "{{ subject }}\n\n{% for c in changes %}{{ c.functions | listed }}\n{% endfor %}")
    outcome = errno_gen("apply", "--tree", kernel, "--templates", folder, "--driver", "beta")
    assert outcome.code == 0, outcome.err
    message = git(kernel, "log", "-1", "--format=%B", "errno-gen/einval").strip()
    assert message == "iommu/beta: Return EINVAL for an incompatible domain\n\nbeta_domain_join()"


def test_a_cover_letter_of_the_user(kernel: Path, folder: Path, tmp_path: Path) -> None:
    write(folder, "{{ subject }}\n\nHello, {{ drivers }} drivers.\n", "cover-letter.txt.j2")
    assert errno_gen("apply", "--tree", kernel, "-s").code == 0
    options = ("--no-maintainers", "--no-checkpatch", "--templates", folder)
    outcome = errno_gen("series", "--tree", kernel, "-o", tmp_path / "v1", *options)
    assert outcome.code == 0, outcome.err
    cover = (tmp_path / "v1" / "0000-cover-letter.patch").read_text()
    assert "\n\nHello, 3 drivers.\n" in cover
    assert "Left alone" not in cover


def test_a_semantic_patch_of_the_user(kernel: Path, folder: Path, tmp_path: Path) -> None:
    """Drivers are worked on in threads."""
    shipped = (share_dir("templates") / "driver.cocci.j2").read_text(encoding="utf-8")
    write(folder, shipped.replace("{# SPDX", "// Of the house.\n{# SPDX", 1), "driver.cocci.j2")
    options = ("--dry-run", "--emit-smpl", tmp_path / "smpl", "--templates", folder)
    outcome = errno_gen("apply", "--tree", kernel, *options)
    assert outcome.code == 0, outcome.err
    made = [path.read_text(encoding="utf-8") for path in (tmp_path / "smpl").iterdir()]
    assert len(made) == 3
    assert all(text.startswith("// Of the house.\n") for text in made)


def test_a_copy_of_what_ships_changes_nothing(kernel: Path, folder: Path) -> None:
    for path in share_dir("templates").glob("*.j2"):
        write(folder, path.read_text(encoding="utf-8"), path.name)
    for branch, options in (("plain", ()), ("copied", ("--templates", folder))):
        assert errno_gen("apply", "--tree", kernel, "--branch", branch, *options).code == 0
    logs = [git(kernel, "log", "--format=%B", f"master..{name}") for name in ("plain", "copied")]
    assert logs[0] == logs[1]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{{ subject }}\n\n{% if why %}\n", "commit-message.txt.j2:3: Unexpected end of template"),
        ("{{ subject }}\n\n{{ nonsense }}\n", "commit-message.txt.j2:3: 'nonsense' is undefined"),
        ("{{ subject | shout }}\n", "commit-message.txt.j2:1: No filter named 'shout'"),
        ("{{ changes.x.y }}\n", "commit-message.txt.j2:1: "),
        ("{{ 1 / 0 }}\n", "commit-message.txt.j2:1: division by zero"),
        ("{# nothing #}\n", "commit-message.txt.j2 gives no text"),
        ("\udcff", "commit-message.txt.j2: "),
    ],
)
def test_a_bad_template_is_told_by_file_and_line(
    kernel: Path, folder: Path, text: str, told: str
) -> None:
    write(folder, "x")
    (folder / "commit-message.txt.j2").write_bytes(text.encode(errors="surrogateescape"))
    before = state(kernel)
    outcome = errno_gen("apply", "--tree", kernel, "--templates", folder)
    assert outcome.code == 2
    assert told in outcome.err
    assert "Traceback" not in outcome.err
    assert state(kernel) == before, "no branch"


def test_a_folder_that_helps_nobody(kernel: Path, folder: Path) -> None:
    for path, told in (
        (folder, "has no templates; there are|hint: there are"),
        (folder / "nowhere", "there is no folder"),
    ):
        outcome = errno_gen("apply", "--tree", kernel, "--templates", path)
        assert outcome.code == 2
        assert any(part in outcome.err for part in told.split("|"))
    write(folder, "x", "commit-mesage.txt.j2")
    outcome = errno_gen("apply", "--tree", kernel, "--templates", folder)
    assert "commit-mesage.txt.j2 is no template of errno-gen" in outcome.err
    assert "commit-message.txt.j2" in outcome.err
