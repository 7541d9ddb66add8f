# SPDX-License-Identifier: GPL-2.0-only
"""b4's prep branches: an empty commit at their start holds the cover letter and the tracking.

What b4 tracks (change-id, revision, prefixes, the versions that were sent) is b4's own: a
new branch gets it from ``b4 prep --enroll`` in a scratch repository, and afterwards it is
handed on as it is. Only the text above it is written here.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from errno_gen.errors import InputError, ToolError
from errno_gen.tools import process
from errno_gen.tools.git import gitenv
from errno_gen.tools.git.gitobjects import read_commit, text
from errno_gen.tools.git.repository import CommitInfo, Repository

MARKER = "--- b4-submit-tracking ---"
"""The line of a cover letter's commit below which b4 keeps its tracking."""

STRATEGY = "commit"
"""Where b4 keeps the cover letter: in an empty commit at the start of the branch."""

_HINT = "install it: pip install 'errno-gen[b4]'"
_CONFIG = ".b4-config"
_SETTINGS = ("user.", "author.", "committer.", "b4.")
_SCRATCH = {"b4.prep-cover-strategy": STRATEGY, "commit.gpgSign": "false"}
_BASE = re.compile(r"^base-commit: ([0-9a-f]{40,64})$", re.MULTILINE)
_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Cover:
    """A cover letter as b4 keeps it: the text, and from the marker on what b4 tracks."""

    letter: str
    tracking: str

    @property
    def message(self) -> str:
        """The whole message of its commit."""
        return f"{self.letter.rstrip()}\n\n{self.tracking}"

    @property
    def revision(self) -> int:
        """The version that will be sent next. Raises InputError if b4's tracking is damaged."""
        return int(self._series()["revision"])

    @property
    def change_id(self) -> str:
        """What all versions of the series have in common. Raises InputError as ``revision``."""
        return str(self._series()["change-id"])

    def _series(self) -> Mapping[str, str]:
        try:
            found = json.loads(self.tracking[self.tracking.index("{") :])["series"]
            int(found["revision"]), str(found["change-id"])
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(
                "what b4 tracks in the commit of the cover letter cannot be read",
                "see what b4 prep --show-info says on that branch",
            ) from error
        return dict(found)


def cover_in(message: str) -> Cover:
    """The parts of a cover commit's message."""
    letter, marker, rest = message.partition(MARKER)
    return Cover(letter.strip(), f"{marker}{rest.rstrip()}\n")


def is_cover(commit: CommitInfo) -> bool:
    """Whether a commit is a cover letter of b4's, and no patch."""
    return not commit.files and MARKER in commit.message.split("\n")


def find_cover(repo: Repository, branch: str, base: str) -> CommitInfo | None:
    """The cover letter's commit on a branch, not looking behind ``base``; None without."""
    if repo.branch_tip(branch) is None:
        return None
    wanted = ("--fixed-strings", f"--grep={MARKER}", "--max-count=1", "--format=%H")
    ends = (f"refs/heads/{branch}", f"^{base}", "--")
    found = repo.plumbing("log", "--no-show-signature", *wanted, *ends).decode().strip()
    commit = read_commit(repo.plumbing, found) if found else None
    return commit if commit is not None and is_cover(commit) else None


def sent(repo: Repository, change_id: str, revision: int) -> tuple[str, str] | None:
    """Base and tip of a version that ``b4 send`` sent, from the tag that it left; or None."""
    tag = f"refs/tags/sent/{change_id}-v{revision}"
    form = "--format=%(objecttype) %(*objectname)"
    kind, _, tip = repo.plumbing("for-each-ref", form, tag).decode().strip().partition(" ")
    if kind != "tag" or not tip:
        return None
    bases = _BASE.findall(text(repo.plumbing("cat-file", "tag", tag)))
    return (bases[-1], tip) if bases else None


def locate() -> str:
    """The path of b4: in PATH, else beside this Python. Raises ToolError if there is none."""
    beside = Path(sys.executable).parent / "b4"
    found = shutil.which("b4") or (str(beside) if beside.is_file() else None)
    if found is None:
        raise ToolError("--b4 needs b4, which is not installed or not in PATH", _HINT)
    return found


def enroll(repo: Repository, branch: str, base: str) -> Cover:
    """What b4 makes of a branch of this name that it is told to track: its first cover letter.

    b4 works in a scratch repository with one commit, where it sees the settings of ``repo``
    and the ``.b4-config`` of the commit ``base``. Raises ToolError if it fails, or would
    not know the branch again: it looks for commits of the user that git names.
    """
    program = locate()
    config = repo.read(base, _CONFIG)
    with tempfile.TemporaryDirectory(prefix="errno-gen-b4-") as folder:
        place = Path(folder)
        env = gitenv.scratch(_SCRATCH)

        def run(*argv: str) -> str:
            done = process.run(argv, cwd=place, env=env, timeout=_SECONDS)
            return done.stdout.decode("utf-8", "surrogateescape")

        run("git", "init", "-q")
        run("git", "symbolic-ref", "HEAD", f"refs/heads/{branch}")
        for key, value in _settings(repo):
            run("git", "config", "--add", key, value)
        if config is not None:
            place.joinpath(_CONFIG).write_bytes(config.text)
            run("git", "add", "-f", _CONFIG)
        run("git", "commit", "-q", "--allow-empty", "-m", "base")
        run(program, "prep", "--enroll", run("git", "rev-parse", "HEAD").strip())
        run(program, "prep", "--show-revision")
        made = cover_in(run("git", "log", "-1", "--no-show-signature", "--format=%B"))
    if not made.tracking.startswith(MARKER):
        raise ToolError("b4 prep --enroll made no cover letter", argv=(program, "prep"))
    return made


def _settings(repo: Repository) -> list[tuple[str, str]]:
    """The repository's own settings that b4, and git for it, may look at."""
    listed = text(repo.plumbing("config", "--local", "--includes", "--list", "-z"))
    found = (entry.partition("\n") for entry in listed.split("\0") if entry)
    return [(key, value) for key, _, value in found if key.startswith(_SETTINGS)]
