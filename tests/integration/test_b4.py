# SPDX-License-Identifier: GPL-2.0-only
"""Branches that the real b4 takes over: apply --b4, then b4 prep and b4 send."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import commandline
import seriesrepo
from commandline import errno_gen, git, own
from errno_gen.stages.series import prep
from errno_gen.tools import ranges
from errno_gen.tools.git.repository import Repository
from gitrepo import GitRepo
from mailsink import mail_sink
from prepbranch import BRANCH, OPTIONS, apply, b4, info, letter, mails
from seriesrepo import body, retag, trees

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
    assert "\n\nTo: Alice Älpha <alice@example.org>\nTo: Jörg Iommu <joerg@example.org>\n" in text
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
    tags = {"alpha": "Acked-by: Al <al@x.org>", "gamma": "Acked-by: Gus <g@x.org>"}
    retag(repo, tags, BRANCH)
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


def test_a_letter_that_was_written_anew_stays(repo: GitRepo, tmp_path: Path) -> None:
    apply(repo)
    script = tmp_path / "editor"
    mine = f"iommu: Mine\\n\\nAll my own words.\\n\\n{SIGNED}\\n"
    script.write_text(f'#!/bin/sh\nprintf "{mine}" > "$1"\n', encoding="utf-8")
    script.chmod(0o755)
    b4(repo, "prep", "--edit-cover", editor=str(script))
    assert "you wrote it" not in apply(repo, "--force")
    (repo.git_dir / "errno-gen" / "decisions.toml").write_text(seriesrepo.KEPT, encoding="utf-8")
    told = apply(repo, "--force")
    assert letter(repo).startswith(f"iommu: Mine\n\nAll my own words.\n\n{SIGNED}\n\n--- b4")
    kept = Path(told.split("what errno-gen would write is in ")[1].splitlines()[0])
    assert "These were judged by hand to be right:" in kept.read_text(encoding="utf-8")


def test_one_patch_has_the_letter_below_its_message(repo: GitRepo, tmp_path: Path) -> None:
    (repo.git_dir / "errno-gen").mkdir()
    (repo.git_dir / "errno-gen" / "decisions.toml").write_text(seriesrepo.KEPT, encoding="utf-8")
    apply(repo, "--driver", "alpha")
    (mail,) = mails(repo, tmp_path / "sent")
    message, below, *_ = body(mail).replace("\r\n", "\n").split("\n---\n")
    assert message.endswith(SIGNED)
    assert below.startswith("Left alone:\n\nThese were judged by hand to be right:\n- alpha: ")
    assert "EINVAL from attach_dev tells" in message and "Callers try a device" not in below
    git(repo.path, "am", "-q", str(next((tmp_path / "sent").iterdir())))
    assert repo.git("log", "-1", "--format=%B") == repo.git("log", "-1", "--format=%B", BRANCH)


def test_a_branch_that_b4_was_told_of_by_hand(repo: GitRepo) -> None:
    assert errno_gen("apply", "--tree", repo.path, "--branch", BRANCH, "-s").code == 0
    b4(repo, "prep", "--enroll", "master")
    change_id = info(repo)["change-id"]
    apply(repo, "--force")
    known = info(repo)
    assert (known["change-id"], known["needs-editing"]) == (change_id, "False")
    assert letter(repo).count(SIGNED) == 1


def test_what_b4_is_set_to(repo: GitRepo) -> None:
    repo.commit({".b4-config": "[b4]\n\tsend-presubject = [mine]\n"}, "Configure b4")
    repo.git("config", "b4.send-prefixes", "RFC")
    repo.git("config", "b4.prep-cover-strategy", "tip-commit")
    apply(repo)
    known = info(repo)
    assert (known["prefixes"], known["cover-strategy"]) == ("RFC", "commit")
    assert '"presubject": "[mine]"' in letter(repo)


def test_build_passes_over_the_letter(repo: GitRepo) -> None:
    apply(repo)
    opened = Repository.open(repo.path)
    found = ranges.commits_of(opened, ranges.made_range(opened, None))
    assert [commit.driver for commit in found] == ["alpha", "beta", "gamma"]
    assert repo.git("rev-parse", f"{found[0].parent}^{{tree}}", "master^{tree}").split()[0] == (
        repo.git("rev-parse", "master^{tree}")
    )
    assert ranges.commits_of(opened, f"{BRANCH}~3") == ()


def test_series_leaves_it_to_b4(repo: GitRepo, tmp_path: Path) -> None:
    apply(repo)
    outcome = seriesrepo.series(repo, tmp_path / "v1")
    assert outcome.code == 2
    assert outcome.errors == [
        f"error: the branch {BRANCH} is a prep branch of b4, which has its cover letter and "
        "versions"
    ]
    assert "b4 send -o FOLDER" in outcome.err
    assert not (tmp_path / "v1").exists()


def test_force_alone_does_not_take_the_letter(repo: GitRepo) -> None:
    apply(repo)
    before = repo.branches()
    outcome = errno_gen("apply", "--tree", repo.path, "--branch", BRANCH, "--force")
    assert outcome.code == 2
    assert "is a prep branch of b4" in outcome.err
    assert "give --b4 as well" in outcome.err
    assert repo.branches() == before


def test_another_strategy_is_refused(repo: GitRepo) -> None:
    repo.git("config", f"branch.{BRANCH}.b4-prep-cover-strategy", "branch-description")
    outcome = errno_gen("apply", "--tree", repo.path, *OPTIONS)
    assert outcome.code == 2
    assert "by its strategy 'branch-description'" in outcome.err


def test_without_b4(repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    which = shutil.which
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "b4" else which(name))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    before = own(repo.path)
    outcome = errno_gen("apply", "--tree", repo.path, *OPTIONS)
    assert outcome.code == 3
    assert "--b4 needs b4" in outcome.err
    assert "pip install 'errno-gen[b4]'" in outcome.err
    assert own(repo.path) == before


def test_who_b4_would_not_know_again(repo: GitRepo) -> None:
    repo.git("config", "user.email", "other@example.com")
    outcome = errno_gen("apply", "--tree", repo.path, *OPTIONS)
    assert outcome.code == 3
    assert "carl@example.com" in outcome.err and "other@example.com" in outcome.err
    assert BRANCH not in repo.branches()


def test_a_branch_appears_whole_or_not_at_all(
    repo: GitRepo, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = own(repo.path), repo.branches()

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Repository, "move_branch", interrupted)
    assert errno_gen("apply", "--tree", repo.path, *OPTIONS).code == 130
    assert (own(repo.path), repo.branches()) == before
    assert repo.git("for-each-ref", "refs/errno-gen") == ""


def test_a_letter_that_is_edited_meanwhile_is_not_lost(
    repo: GitRepo, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply(repo)
    place = prep.Preparation.place

    def edited(self: prep.Preparation, *arguments: object) -> object:
        message = repo.git("log", "-1", "--format=%B", BRANCH)
        tip = repo.git("commit-tree", "-p", BRANCH, f"{BRANCH}^{{tree}}", stdin=message)
        repo.git("update-ref", f"refs/heads/{BRANCH}", tip)
        return place(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(prep.Preparation, "place", edited)
    outcome = errno_gen("apply", "--tree", repo.path, *OPTIONS, "--force")
    assert outcome.code == 3
    assert f"the branch {BRANCH} was moved meanwhile; run it again" in outcome.err.replace(
        "\nhint: ", "; "
    )


def test_ctrl_c_ends_b4_too(repo: GitRepo, tmp_path: Path) -> None:
    tools, scratch, started = tmp_path / "bin", tmp_path / "tmp", tmp_path / "started"
    tools.mkdir()
    scratch.mkdir()
    slow = tools / "b4"
    slow.write_text(f"#!/bin/sh\necho $$ > {started}\nexec sleep 600\n", encoding="utf-8")
    slow.chmod(0o755)
    before = own(repo.path), repo.branches()
    environment = dict(os.environ, TMPDIR=str(scratch), PATH=f"{tools}:{os.environ['PATH']}")
    process = commandline.errno_gen_process(
        "apply", "--tree", repo.path, *OPTIONS, env=environment, stderr=subprocess.PIPE
    )
    deadline = time.monotonic() + 60
    while not (started.exists() and started.read_text()) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert list(scratch.iterdir()) == []
    assert (own(repo.path), repo.branches()) == before
    assert not Path("/proc", started.read_text().strip()).exists()
