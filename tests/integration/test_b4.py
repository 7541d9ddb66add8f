# SPDX-License-Identifier: GPL-2.0-only
"""Branches that the real b4 takes over: apply --b4, then b4 prep and b4 send."""

from __future__ import annotations

import email
import email.policy
import os
import signal
import subprocess
import sys
import time
from email.message import EmailMessage
from pathlib import Path

import pytest

import commandline
import seriesrepo
from commandline import errno_gen, git, own
from errno_gen.tools import b4 as b4_tool
from errno_gen.tools import ranges
from errno_gen.tools.git import Repository
from gitrepo import GitRepo
from mailsink import mail_sink
from seriesrepo import body, trees

BRANCH = "iommu-errnos"
OPTIONS = ("--branch", BRANCH, "-s", "--b4")
B4 = Path(sys.executable).parent / "b4"
SIGNED = "Signed-off-by: Carl Committer <carl@example.com>"


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GitRepo:
    """The small kernel; what is made there is made now, since b4 looks at the last year."""
    for name in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
        monkeypatch.delenv(name)
    made = GitRepo(tmp_path / "linux")
    made.write(seriesrepo.FILES)
    (made.path / "scripts/get_maintainer.pl").chmod(0o755)
    made.commit({}, "Linux")
    return made


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
    return repo.git("log", "-1", "--format=%B", f"--grep={b4_tool.MARKER}", "-F", BRANCH)


def test_b4_knows_the_branch(repo: GitRepo) -> None:
    before = own(repo.path)
    out = apply(repo)
    base = repo.git("rev-parse", "master")
    known = info(repo)
    assert known["base-commit"] == base
    assert known["series-range"] == known["start-commit"] + ".." + known["end-commit"]
    assert known["cover-subject"] == (
        "iommu: Make attach_dev return EINVAL only for an incompatible domain"
    )
    assert (known["revision"], known["cover-strategy"]) == ("1", "commit")
    assert f"prep branch of b4: v1 of {known['change-id']}\n" in out
    assert known["needs-editing"] == known["misplaced-body"] == "False"
    assert sum(name.startswith("commit-") for name in known) == 3
    # b4's own setting for the branch is all that the user's things have more.
    after = own(repo.path)
    setting = b'[branch "iommu-errnos"]\n\tb4-prep-cover-strategy = commit\n'
    assert after.pop("git:config") == before.pop("git:config") + setting
    skip = ("git:logs/HEAD", "git:index")  # those changed with the switch to the branch
    assert {k: v for k, v in after.items() if k not in skip} == {
        k: v for k, v in before.items() if k not in skip
    }


def test_the_mails_of_b4_are_those_of_git(repo: GitRepo, tmp_path: Path) -> None:
    apply(repo)
    cover, *patches = mails(repo, tmp_path / "sent")
    known = info(repo)
    assert [str(mail["Subject"])[:12] for mail in patches] == [f"[PATCH {n}/3] " for n in (1, 2, 3)]
    text = body(cover).replace("\r\n", "\n")
    assert text.startswith("Callers try a device against domains that exist already.")
    assert f"{SIGNED}\n---\nAda Author (3):\n" in text
    assert f"base-commit: {known['base-commit']}\nchange-id: {known['change-id']}\n" in text
    assert "b4-submit-tracking" not in text
    assert "\n  1  alpha       2  EINVAL to ENODEV, EBUSY to EINVAL, a message goes\n" in text
    commits = known["series-range"]
    plain = repo.git("format-patch", "--stdout", "--no-signature", commits)
    wanted = [_changed(part) for part in plain.split("\nFrom ")]
    assert [_changed(body(mail)) for mail in patches] == wanted
    assert all("From: Ada Author" in str(mail["From"]) or mail["From"] for mail in patches)
    repo.git("worktree", "add", "-q", "--detach", str(tmp_path / "fresh"), "master")
    for path in sorted((tmp_path / "sent").iterdir())[1:]:
        git(tmp_path / "fresh", "am", "-q", str(path))
    assert trees(tmp_path / "fresh", "master..HEAD") == trees(repo.path, commits)
    assert git(tmp_path / "fresh", "log", "--format=%an%n%B", "master..HEAD") == (
        repo.git("log", "--format=%an%n%B", commits) + "\n"
    )


def _changed(mail: str) -> str:
    """The diff of a mail."""
    text = mail.replace("\r\n", "\n")
    return text[text.index("\ndiff --git ") :].split("\n-- \n")[0].rstrip()


def test_recipients_stay(repo: GitRepo, tmp_path: Path) -> None:
    apply(repo)
    b4(repo, "prep", "--auto-to-cc")
    known = info(repo)
    assert known["needs-recipients"] == known["needs-auto-to-cc"] == "False"
    first = repo.branches()[BRANCH]
    apply(repo, "--force")
    assert repo.git("rev-parse", f"{BRANCH}@{{1}}") == first
    assert info(repo)["change-id"] == known["change-id"]
    text = letter(repo)
    assert f"\n\nTo: Alice Älpha <alice@example.org>\nTo: Jörg Iommu <joerg@example.org>\n" in text
    assert text.count(SIGNED) == 1
    cover, alpha, *_ = mails(repo, tmp_path / "sent")
    assert "Jörg Iommu <joerg@example.org>" in str(cover["To"])
    assert "iommu@lists.example.org" in str(alpha["Cc"])
    head = next((tmp_path / "sent").glob("0000*")).read_bytes().split(b"\n\n")[0]
    assert head.isascii()


def test_a_second_version(repo: GitRepo, tmp_path: Path) -> None:
    apply(repo)
    b4(repo, "prep", "--auto-to-cc")
    with mail_sink() as (sink, port):
        server = ("sendemail.smtpserver=127.0.0.1", f"sendemail.smtpserverport={port}")
        b4(repo, "send", "--no-sign", config=server)
        assert len(sink.mails) == 4
    known = info(repo)
    assert (known["revision"], known["needs-editing"]) == ("2", "True")
    # A tag from the list, and a word of the user's in the cover letter.
    for driver, tag in (("alpha", "Acked-by: Al <al@x.org>"), ("gamma", "Acked-by: Gus <g@x.org>")):
        _amended(repo, driver, tag)
    script = tmp_path / "editor"
    script.write_text('#!/bin/sh\nsed -i "s/^Left alone:/Not touched:/" "$1"\n', encoding="utf-8")
    script.chmod(0o755)
    b4(repo, "prep", "--edit-cover", editor=str(script))
    (repo.git_dir / "errno-gen" / "decisions.toml").write_text(seriesrepo.KEPT, encoding="utf-8")
    out = apply(repo, "--force")
    assert f"prep branch of b4: v2 of {known['change-id']}, 1 tag kept\n" in out
    old = "(iommu/alpha: Return EINVAL only for an incompatible domain)"
    assert f"dropped, the patch changed: Acked-by: Al <al@x.org> {old}\n" in out
    again = info(repo)
    assert (again["change-id"], again["revision"]) == (known["change-id"], "2")
    assert again["needs-editing"] == again["needs-recipients"] == "False"
    assert again["series-v1"] == known["series-v1"]
    text = letter(repo)
    assert "\nThese were judged by hand to be right:\n" in text
    news = text.split("\n---\nChanges in v2:\n")[1].split("\n\n")[0].replace("\n  ", " ")
    first = sink.mails[0]["Message-ID"].strip("<>")
    assert news.splitlines() == [
        "- iommu/alpha: Return EINVAL for an incompatible domain: EINVAL of "
        "alpha_iommu_attach_dev() is left alone",
        "- 2 patches are unchanged",
        f"- Link to v1: https://patch.msgid.link/{first}",
    ]
    shown = b4(repo, "prep", "--compare-to", "v1")
    assert "1:  " in shown and " ! 1:  " in shown
    # Once more, and nothing is told twice.
    apply(repo, "--force")
    assert letter(repo) == text
    cover, _, _, gamma = mails(repo, tmp_path / "v2")
    assert str(cover["Subject"]).startswith("[PATCH v2 0/3] ")
    assert "Acked-by: Gus <g@x.org>" in body(gamma)


def _amended(repo: GitRepo, driver: str, tag: str) -> None:
    """Put a trailer on a driver's commit, as b4 trailers -u does."""
    repo.git("switch", "-q", BRANCH)
    rewrite = f"GIT_SEQUENCE_EDITOR=: git interpret-trailers --trailer '{tag}'"
    keep = f'text=$(cat); case "$text" in "iommu/{driver}:"*) echo "$text" | {rewrite};; '
    repo.git("filter-branch", "-f", "--msg-filter", keep + '*) echo "$text";; esac', "master..")
    repo.git("switch", "-q", "master")
