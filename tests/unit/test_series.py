# SPDX-License-Identifier: GPL-2.0-only
"""errno-gen series: patches, cover letter, recipients, versions."""

from __future__ import annotations

import mailbox
import re
from email.message import EmailMessage
from pathlib import Path

import pytest

import seriesrepo
from commandline import git, own
from gitrepo import GitRepo
from seriesrepo import BRANCH, am, applied, body, kernel, mails, retag, series, trees


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    """A small kernel with the branch of apply: alpha, beta and gamma change."""
    return kernel(tmp_path / "linux")


def subjects(folder: Path) -> list[str]:
    return [str(mail["Subject"]) for mail in mails(folder)]


def changes(cover: EmailMessage, since: int) -> list[str]:
    """The lines below "Changes since vN", each sentence on one line."""
    text = body(cover).split(f"\nChanges since v{since}:\n")[1].split("\n\n")[0]
    return re.sub(r"\n  ", " ", text).splitlines()


def decide(repo: GitRepo) -> None:
    """Let alpha's missing IOMMU stay EINVAL, and make the branch anew."""
    decisions = repo.git_dir / "errno-gen" / "decisions.toml"
    decisions.write_text(seriesrepo.KEPT, encoding="utf-8")
    applied(repo, "--force")


def reply(to: EmailMessage, who: str, text: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = who
    mail["Subject"] = f"Re: {to['Subject']}"
    mail["Message-ID"] = f"<{len(text)}.{len(who)}@mail.example.org>"
    mail["In-Reply-To"] = to["Message-ID"]
    mail.set_content(f"> Signed-off-by: x\n> Acked-by: Quoted <q@example.org>\n\n{text}\n")
    return mail


def mbox(path: Path, *replies: EmailMessage) -> Path:
    box = mailbox.mbox(path)
    for mail in replies:
        box.add(mail)
    box.close()
    return path


def test_a_series_is_a_cover_letter_and_patches(repo: GitRepo, tmp_path: Path) -> None:
    before, tip = own(repo.path), repo.branches()
    outcome = series(repo, tmp_path / "v1")
    assert outcome.code == 0, outcome.err
    assert subjects(tmp_path / "v1") == [
        "[PATCH 0/3] iommu: Make attach_dev return EINVAL only for an incompatible domain",
        "[PATCH 1/3] iommu/alpha: Return EINVAL only for an incompatible domain",
        "[PATCH 2/3] iommu/beta: Return EINVAL for an incompatible domain",
        "[PATCH 3/3] iommu/gamma: Return EINVAL for an incompatible domain",
    ]
    cover, *patches = mails(tmp_path / "v1")
    text = body(cover)
    assert "   driver  sites  change\n" in text
    assert "1  alpha       2  EINVAL to ENODEV, EBUSY to EINVAL, a message goes\n" in text
    assert " 3 files changed, 5 insertions(+), 9 deletions(-)\n" in text
    assert f"base-commit: {repo.git('rev-parse', 'master')}\n" in text
    assert all(patch["In-Reply-To"] == cover["Message-ID"] for patch in patches)
    assert all(len(line) <= 75 for line in text.splitlines())
    assert (own(repo.path), repo.branches()) == (before, tip)


def test_git_am_gives_the_same_trees(repo: GitRepo, tmp_path: Path) -> None:
    series(repo, tmp_path / "v1", "--link", "https://example.org/why")
    files = sorted((tmp_path / "v1").glob("*.patch"))[1:]
    assert am(repo, tmp_path / "fresh", files) == trees(repo.path, f"master..{BRANCH}")


def test_recipients_come_from_the_trees_own_script(repo: GitRepo, tmp_path: Path) -> None:
    # The work tree has neither script nor MAINTAINERS any more; the revision has.
    for name in ("MAINTAINERS", "scripts/get_maintainer.pl"):
        (repo.path / name).unlink()
    outcome = series(repo, tmp_path / "v1", "--cc", "Boss <boss@example.org>, b@example.org")
    cover, alpha, beta, gamma = mails(tmp_path / "v1")
    assert str(alpha["To"]) == "Alice Älpha <alice@example.org>, Jörg Iommu <joerg@example.org>"
    lists = "iommu@lists.example.org, linux-kernel@lists.example.org"
    assert str(alpha["Cc"]) == f"Boss <boss@example.org>, b@example.org, {lists}"
    assert str(beta["To"]) == "Jörg Iommu <joerg@example.org>"
    assert '"Gus G. Gamma" <gus@example.org>' in str(gamma["To"])
    assert "Rita Review <rita@example.org>" in str(gamma["Cc"])
    everyone = {one for mail in (alpha, beta, gamma) for one in _addresses(mail)}
    assert _addresses(cover) == everyone
    assert re.search(r"^To Jörg Iommu <joerg@example.org> +cover, 1, 2, 3$", outcome.out, re.M)
    raw = (tmp_path / "v1" / next((tmp_path / "v1").glob("0001*")).name).read_bytes()
    assert raw.split(b"\n\n")[0].isascii()


def _addresses(mail: EmailMessage) -> set[str]:
    return {one.addr_spec for name in ("To", "Cc") for one in mail[name].addresses}


def test_lists_and_who_has_most_patches_stay_below_the_cap(repo: GitRepo, tmp_path: Path) -> None:
    outcome = series(repo, tmp_path / "v1", "--max-recipients", "3")
    cover = mails(tmp_path / "v1")[0]
    assert _addresses(cover) == {
        "iommu@lists.example.org",
        "linux-kernel@lists.example.org",
        "joerg@example.org",
    }
    assert "0000-cover-letter.patch does not go to Alice Älpha <alice@example.org>," in outcome.err


def test_what_checkpatch_finds_is_shown_and_makes_exit_1(tmp_path: Path) -> None:
    repo = kernel(tmp_path / "linux")
    assert errno_gen_unsigned(repo) == 0
    outcome = series(repo, tmp_path / "v1")
    assert outcome.code == 1
    assert "0001-iommu-alpha" in outcome.out
    assert ".patch:7: ERROR: MISSING_SIGN_OFF: Missing Signed-off-by: line(s)" in outcome.out
    assert "checkpatch: 3 findings" in outcome.out
    assert series(repo, tmp_path / "v1", "--force", "--no-checkpatch").code == 0


def errno_gen_unsigned(repo: GitRepo) -> int:
    from commandline import errno_gen

    return errno_gen("apply", "--tree", repo.path, "--force").code


def test_a_tree_without_scripts_gets_a_note(tmp_path: Path) -> None:
    files = {name: text for name, text in seriesrepo.FILES.items() if "scripts/" not in name}
    repo = kernel(tmp_path / "linux", files)
    outcome = series(repo, tmp_path / "v1", "--to", "list@example.org")
    assert outcome.code == 0
    assert "note: this tree has no scripts/get_maintainer.pl: only --to and --cc" in outcome.err
    assert "note: this tree has no scripts/checkpatch.pl: the patches were not" in outcome.err
    assert {str(mail["To"]) for mail in mails(tmp_path / "v1")} == {"list@example.org"}


def test_a_script_that_fails_is_a_tools_error(tmp_path: Path) -> None:
    broken = {**seriesrepo.FILES, "scripts/checkpatch.pl": "die 'out of order';\n"}
    outcome = series(kernel(tmp_path / "linux", broken), tmp_path / "v1")
    assert outcome.code == 3
    assert "error: scripts/checkpatch.pl of this kernel failed" in outcome.err
    assert not (tmp_path / "v1").exists()


def test_trailers_of_the_user_are_in_every_patch(repo: GitRepo, tmp_path: Path) -> None:
    given = ("--suggested-by", "Zoë Ünal <zoe@example.org>", "--link", "https://example.org/1")
    series(repo, tmp_path / "v1", *given, "--trailer", 'Fixes: 123456789abc ("Break it")')
    _, *patches = mails(tmp_path / "v1")
    assert len(patches) == 3
    for patch in patches:
        end = body(patch).split("\n---\n")[0].split("\n\n")[-1].splitlines()
        assert end == [
            "Suggested-by: Zoë Ünal <zoe@example.org>",
            'Fixes: 123456789abc ("Break it")',
            "Link: https://example.org/1",
            "Signed-off-by: Carl Committer <carl@example.com>",
        ]
        assert "zoe@example.org" in _addresses(patch)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--trailer", "no trailer"), "'no trailer' is no trailer"),
        (("--trailer", "reviewed-by: A <a@b.c>"), "is no trailer"),
        (("--suggested-by", "Somebody"), "the trailer Suggested-by names nobody: 'Somebody'"),
        (("--link", "example.org"), "the trailer Link has no address: 'example.org'"),
        (("--trailer", "Fixes: abc"), "the trailer Fixes names no commit: 'abc'"),
        (("--to", "nobody"), "--to 'nobody' is no mail address"),
        (("--subject-prefix", "[RFC"), "'[RFC' is no subject prefix"),
        (("--mbox", "{mbox}"), "cannot be read for replies: no former version is known"),
        (("master",), "errno-gen knows nothing of the branch master"),
        (("nothing",), f"there is no branch nothing; there is {BRANCH}"),
    ],
)
def test_input_errors(repo: GitRepo, tmp_path: Path, options: tuple[str, ...], told: str) -> None:
    box = mbox(tmp_path / "box")
    given = [option.replace("{mbox}", str(box)) for option in options]
    outcome = series(repo, tmp_path / "v1", *given)
    assert outcome.code == 2
    whole = outcome.err.replace("\nhint:", ";")
    assert told in whole
    assert not (tmp_path / "v1").exists()


def test_a_folder_that_is_not_empty_is_refused(repo: GitRepo, tmp_path: Path) -> None:
    (tmp_path / "v1").mkdir()
    (tmp_path / "v1" / "notes.txt").write_text("mine")
    for option in ((), ("--force",)):
        outcome = series(repo, tmp_path / "v1", *option)
        assert outcome.code == 2
        assert "is not empty: notes.txt is in it" in outcome.err
    assert [path.name for path in (tmp_path / "v1").iterdir()] == ["notes.txt"]
    outcome = series(repo, tmp_path / "v1" / "notes.txt" / "v1")
    assert (outcome.code, "nothing can be made in" in outcome.err) == (2, True)
    assert series(repo, tmp_path / "new" / "v1").code == 0, "folders are made as git makes them"


def test_a_version_is_made_once_unless_forced(repo: GitRepo, tmp_path: Path) -> None:
    assert series(repo, tmp_path / "v1").code == 0
    outcome = series(repo, tmp_path / "again")
    assert outcome.code == 2
    assert f"version 1 of the series of {BRANCH} exists already" in outcome.err
    assert "give -v 2 for the next one, or --force" in outcome.err
    assert series(repo, tmp_path / "v1", "--force").code == 0
    assert len(mails(tmp_path / "v1")) == 4


def test_a_branch_with_a_merge_is_refused(repo: GitRepo, tmp_path: Path) -> None:
    repo.git("checkout", "-q", BRANCH)
    repo.git("checkout", "-q", "-b", "side", "master")
    repo.commit({"README": "read\n"}, "Add README")
    repo.git("checkout", "-q", BRANCH)
    repo.git("merge", "-q", "-m", "Merge", "side")
    outcome = series(repo, tmp_path / "v1")
    assert (outcome.code, len(outcome.errors)) == (2, 1)
    assert f"the branch {BRANCH} is no line of commits" in outcome.err


def test_one_patch_has_no_cover_unless_asked_for(tmp_path: Path) -> None:
    repo = kernel(tmp_path / "linux")
    applied(repo, "--force", "--driver", "beta")
    series(repo, tmp_path / "v1")
    assert subjects(tmp_path / "v1") == [
        "[PATCH] iommu/beta: Return EINVAL for an incompatible domain"
    ]
    assert "base-commit: " in body(mails(tmp_path / "v1")[0])
    series(repo, tmp_path / "v2", "-v", "2", "--cover-letter", "--subject-prefix", "PATCH RFC")
    assert subjects(tmp_path / "v2")[0].startswith("[PATCH RFC v2 0/1] iommu/beta: Make attach")
    series(repo, tmp_path / "v3", "-v", "3")
    (patch,) = mails(tmp_path / "v3")
    assert "\n---\nChanges since v2:\n- no patch changed\n\n drivers/" in body(patch)


def test_a_decision_between_two_versions(repo: GitRepo, tmp_path: Path) -> None:
    assert series(repo, tmp_path / "v1").code == 0
    cover, alpha, beta, _ = mails(tmp_path / "v1")
    retag(repo, {"gamma": "Acked-by: Gus Gamma <gus@example.org>"})
    box = mbox(
        tmp_path / "replies",
        reply(
            alpha, "Alice Älpha <alice@example.org>", "Reviewed-by: Alice Älpha <alice@example.org>"
        ),
        reply(
            beta, "Bea <bea@example.org>", "Fine.\n\ntested-by: Bea B. <bea@example.org> # on beta"
        ),
        reply(beta, "Eve <eve@example.org>", "Acked-by: Boss <boss@example.org>"),
        reply(cover, "Jörg Iommu <joerg@example.org>", "Acked-by: Jörg Iommu <joerg@example.org>"),
    )
    decide(repo)
    outcome = series(repo, tmp_path / "v2", "-v", "2", "--mbox", box)
    assert outcome.code == 0, outcome.err
    new = mails(tmp_path / "v2")
    assert [str(mail["Subject"])[:12] for mail in new] == [f"[PATCH v2 {n}/" for n in range(4)]
    tags = [re.findall(r"^(?:Acked|Reviewed|Tested)-by: .*", body(mail), re.M) for mail in new]
    acked = "Acked-by: Jörg Iommu <joerg@example.org>"
    assert tags[1:] == [
        [],
        ["Tested-by: Bea B. <bea@example.org> # on beta", acked],
        [acked, "Acked-by: Gus Gamma <gus@example.org>"],
    ]
    dropped = [line for line in outcome.out.splitlines() if line.startswith("dropped")]
    told = "dropped, the patch changed: "
    old = "(iommu/alpha: Return EINVAL only for an incompatible domain)"
    assert dropped == [
        f"{told}Reviewed-by: Alice Älpha <alice@example.org> {old}",
        f"{told}{acked} {old}",
    ]
    assert "not taken, since Eve <eve@example.org> wrote it for somebody else" in outcome.err
    assert changes(new[0], 1) == [
        "- iommu/alpha: Return EINVAL for an incompatible domain: EINVAL of "
        "alpha_iommu_attach_dev() is left alone",
        "- 2 patches are unchanged",
        f"- v1: https://lore.kernel.org/all/{cover['Message-ID'].strip('<>')}/",
    ]
    text = body(new[0])
    assert "Range-diff against v1:\n1:  " in text
    assert re.search(r"^2:  [0-9a-f]+ = 2:  [0-9a-f]+ iommu/beta:", text, re.M)
    assert re.search(r"^1:  [0-9a-f]+ ! 1:  [0-9a-f]+ iommu/alpha:", text, re.M)
    assert "judged by hand to be right" in text
    # What v2 was sent with is what v3 starts from, and the branch has none of it.
    series(repo, tmp_path / "v3", "-v", "3")
    third = mails(tmp_path / "v3")
    assert changes(third[0], 2) == ["- no patch changed"]
    assert "Tested-by: Bea B." in body(third[2])
    assert "Tested-by" not in repo.git("log", "--format=%B", f"master..{BRANCH}")


def test_the_patches_of_a_thread_are_no_answers_to_it(repo: GitRepo, tmp_path: Path) -> None:
    retag(repo, {"beta": "Tested-by: Carl Committer <carl@example.com>"})
    assert series(repo, tmp_path / "v1").code == 0
    box = mbox(tmp_path / "thread", *mails(tmp_path / "v1"))
    outcome = series(repo, tmp_path / "v2", "-v", "2", "--mbox", box)
    assert outcome.code == 0
    assert "not taken" not in outcome.err and "0 tags carried over" in outcome.out
    tested = ["Tested-by" in body(mail) for mail in mails(tmp_path / "v2")]
    assert tested == [False, False, True, False]


def test_a_driver_less_and_a_driver_more(repo: GitRepo, tmp_path: Path) -> None:
    applied(repo, "--force", "--driver", "alpha", "--driver", "beta")
    series(repo, tmp_path / "v1", "--trailer", "Reviewed-by: Bob <bob@example.org>")
    applied(repo, "--force", "--driver", "alpha", "--driver", "gamma")
    outcome = series(repo, tmp_path / "v2", "-v", "2", "--link", "https://example.org/2")
    beta = "iommu/beta: Return EINVAL for an incompatible domain"
    assert set(changes(mails(tmp_path / "v2")[0], 1)) == {
        f"- dropped: {beta}",
        "- new: iommu/gamma: Return EINVAL for an incompatible domain",
        "- one patch is unchanged",
    }
    assert f"dropped, the patch is gone: Reviewed-by: Bob <bob@example.org> ({beta})" in outcome.out
    assert "Reviewed-by: Bob" in body(mails(tmp_path / "v2")[1])


def test_trailers_are_used_again_if_none_are_given(repo: GitRepo, tmp_path: Path) -> None:
    series(repo, tmp_path / "v1", "--link", "https://example.org/1")
    outcome = series(repo, tmp_path / "v2", "-v", "2")
    assert "with the trailers of v1 again: Link: https://example.org/1" in outcome.err
    assert body(mails(tmp_path / "v2")[1]).count("Link: https://example.org/1\n") == 1
    assert changes(mails(tmp_path / "v2")[0], 1) == ["- no patch changed"]


def test_git_keeps_the_commits_of_a_version(repo: GitRepo, tmp_path: Path) -> None:
    series(repo, tmp_path / "v1", "--link", "https://example.org/1")
    sent = repo.git("rev-parse", "refs/errno-gen/series/errno-gen%2Feinval/v1")
    repo.git("branch", "-q", "-D", BRANCH)
    repo.git("reflog", "expire", "--expire=now", "--all")
    repo.git("gc", "-q", "--prune=now")
    assert trees(repo.path, f"master..{sent}")


def test_names_that_are_not_ascii_and_a_very_long_subject(
    repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = f"iommu/alpha: {'Rename a very long list of things ' * 5}für Zoë"
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Łukasz J. Ørsted, Jr")
    monkeypatch.setenv("GIT_COMMITTER_NAME", "Łukasz J. Ørsted, Jr")
    repo.git("checkout", "-q", BRANCH)
    path = "drivers/iommu/alpha-iommu.c"
    repo.commit({path: (repo.path / path).read_text() + "/* naïve */\n"}, long)
    repo.git("checkout", "-q", "master")
    series(repo, tmp_path / "v1", "--no-checkpatch")
    cover, *_, last = mails(tmp_path / "v1")
    assert str(last["Subject"]) == f"[PATCH 4/4] {long}"
    assert cover["From"] == '"Łukasz J. Ørsted, Jr" <carl@example.com>'
    for path in (tmp_path / "v1").iterdir():
        head = path.read_bytes().split(b"\n\n")[0]
        assert head.isascii()
        lines = (line for line in head.splitlines() if b"git.carl@" not in line)
        assert max(map(len, lines)) <= 78
    files = sorted((tmp_path / "v1").glob("*.patch"))[1:]
    assert am(repo, tmp_path / "fresh", files) == trees(repo.path, f"master..{BRANCH}")
    assert git(tmp_path / "fresh", "log", "-1", "--format=%s%n%an").splitlines() == [
        long,
        "Łukasz J. Ørsted, Jr",
    ]


def test_tags_that_a_person_keeps_on_a_changed_patch(repo: GitRepo, tmp_path: Path) -> None:
    tag = "Reviewed-by: Alice Älpha <alice@example.org>"
    retag(repo, {"alpha": tag})
    series(repo, tmp_path / "v1")
    decide(repo)
    retag(repo, {"alpha": tag})
    outcome = series(repo, tmp_path / "v2", "-v", "2")
    assert tag in body(mails(tmp_path / "v2")[1])
    assert f"note: the patch changed, its own message has a tag still: {tag}" in outcome.err
    assert "dropped" not in outcome.out


def test_a_range_is_a_series_on_another_base(repo: GitRepo, tmp_path: Path) -> None:
    assert series(repo, tmp_path / "v1", f"{BRANCH}~2..{BRANCH}").code == 0
    text = body(mails(tmp_path / "v1")[0])
    assert f"base-commit: {repo.git('rev-parse', f'{BRANCH}~2')}\n" in text
    assert [subject[:12] for subject in subjects(tmp_path / "v1")] == [
        "[PATCH 0/2] ",
        "[PATCH 1/2] ",
        "[PATCH 2/2] ",
    ]
    # alpha is not in it, and the letter says so.
    assert "These would change, but have no patch here" in text
    outcome = series(repo, tmp_path / "v2", "-v", "2", f"nonsense..{BRANCH}")
    assert (outcome.code, outcome.errors) == (
        2,
        [f"error: unknown revision 'nonsense' in {repo.path}"],
    )
