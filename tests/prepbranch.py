# SPDX-License-Identifier: GPL-2.0-only
"""A branch that apply --b4 makes, and the real b4 run on it as its user would."""

from __future__ import annotations

import email
import email.policy
import os
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path

from commandline import errno_gen
from errno_gen.tools.mail.b4 import MARKER
from gitrepo import GitRepo

BRANCH = "iommu-errnos"
OPTIONS = ("--branch", BRANCH, "-s", "--b4")
B4 = Path(sys.executable).parent / "b4"


def apply(repo: GitRepo, *options: str) -> str:
    """Run apply --b4 there; what it printed."""
    outcome = errno_gen("apply", "--tree", repo.path, *OPTIONS, *options)
    assert outcome.code == 0, outcome.err
    return outcome.out + outcome.err


def b4(repo: GitRepo, *arguments: str, config: tuple[str, ...] = (), editor: str = "false") -> str:
    """Run b4 on the branch, and press Enter wherever it asks; what it printed."""
    repo.git("switch", "-q", BRANCH)
    settings = [part for one in config for part in ("-c", one)]
    done = subprocess.run(
        [B4, *settings, *arguments],
        cwd=repo.path,
        input="\n\n\n",
        capture_output=True,
        text=True,
        env={**os.environ, "LC_ALL": "C.UTF-8", "GIT_EDITOR": editor},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    repo.git("switch", "-q", "master")
    return done.stdout + done.stderr


def info(repo: GitRepo) -> dict[str, str]:
    """What b4 knows of the branch."""
    lines = b4(repo, "prep", "--show-info").splitlines()
    return dict(line.split(": ", 1) for line in lines if ": " in line)


def mails(repo: GitRepo, folder: Path) -> list[EmailMessage]:
    """The mails that b4 would send."""
    local = ("sendemail.smtpserver=127.0.0.1",)
    b4(repo, "send", "--no-sign", "-o", str(folder), config=local)
    return [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)  # type: ignore[misc]
        for path in sorted(folder.iterdir())
    ]


def letter(repo: GitRepo) -> str:
    """The message of the cover letter's commit."""
    return repo.git("log", "-1", "--format=%B", f"--grep={MARKER}", "-F", BRANCH)
