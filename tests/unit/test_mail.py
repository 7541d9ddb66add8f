# SPDX-License-Identifier: GPL-2.0-only
"""Mails as bytes, trailers, and replies in mailboxes."""

from __future__ import annotations

import gzip
import mailbox
from email.message import EmailMessage
from pathlib import Path

import pytest

from conftest import MakeRepo
from errno_gen.errors import InputError
from errno_gen.stages.series.replies import read_replies
from errno_gen.stages.series.versions import Version
from errno_gen.tools.git.repository import Repository
from errno_gen.tools.mail import message as mail
from errno_gen.tools.mail.trailers import (
    Trailer,
    parse_trailer,
    trailers_of,
    with_trailers,
    without,
)

SENT = Version(2, "base", "tip", "<cover@x>", ("<one@x>", "<two@x>"), (), ())
SUBJECTS = ("iommu/omap: Fix it", "iommu/vt-d: Fix it")
TAG = "Reviewed-by: Ann <ann@example.org>"


# -- mails ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "name", "address"),
    [
        ("Ann <a@b.c>", "Ann", "a@b.c"),
        ("a@b.c", "", "a@b.c"),
        ('"Gus G. Gamma" <g@b.c>', "Gus G. Gamma", "g@b.c"),
        (r'"Gus \"G\" Gamma" <g@b.c>', 'Gus "G" Gamma', "g@b.c"),
        ("Łukasz Ørsted, Jr <l@b.c>", "Łukasz Ørsted, Jr", "l@b.c"),
        ("<a@b.c>", "", "a@b.c"),
    ],
)
def test_name_and_address(person: str, name: str, address: str) -> None:
    assert mail.parted(person) == (name, address)


def test_headers_go_behind_a_folded_subject() -> None:
    before = b"From 1 Mon\nSubject: [PATCH] a\n b\nDate: now\n\nText\n\n---\n"
    to = mail.address_header("To", ["Jörg, Dr <j@x.y>", "list@x.y"])
    assert mail.with_headers(before, to) == (
        b"From 1 Mon\nSubject: [PATCH] a\n b\nTo: =?utf-8?b?SsO2cmcsIERy?= <j@x.y>,\n"
        b" list@x.y\nDate: now\n\nText\n\n---\n"
    )


def test_a_body_that_is_not_ascii_is_declared_once() -> None:
    declared = mail.with_headers(b"Subject: a\n\nn\xc3\xa4\n", b"")
    assert declared.count(b"Content-Type: text/plain; charset=UTF-8\n") == 1
    assert mail.with_headers(declared, b"") == declared


def test_a_remark_stands_where_git_am_drops_it() -> None:
    patch = b"Subject: a\n\nMessage\n---\n a.c | 2 +-\n"
    expected = b"Subject: a\n\nMessage\n---\nChanges since v1:\n\n a.c | 2 +-\n"
    assert mail.with_remark(patch, "Changes since v1:") == expected


def test_an_address_beyond_ascii_is_refused() -> None:
    with pytest.raises(InputError, match=r"the mail address j@jörg\.de is not ASCII"):
        mail.address_header("To", ["Jörg <j@jörg.de>"])


# -- trailers ------------------------------------------------------------------------


@pytest.fixture
def repo(make_repo: MakeRepo) -> Repository:
    return Repository.open(make_repo({"a": ""}).path)


def test_trailers_go_before_the_sign_off_in_their_order(repo: Repository) -> None:
    message = "Subject\n\nText: no trailer\n\nSigned-off-by: A <a@b.c>"
    more = [Trailer("Suggested-by", "Ö <o@b.c>"), Trailer("Acked-by", "B <b@b.c>")]
    made = with_trailers(repo, message, more)
    end = "Suggested-by: Ö <o@b.c>\nAcked-by: B <b@b.c>\nSigned-off-by: A <a@b.c>"
    assert made == f"Subject\n\nText: no trailer\n\n{end}"
    assert with_trailers(repo, made, [Trailer("Acked-by", "Bob <B@b.c>")]) == made
    assert trailers_of(repo, made) == (*more, Trailer("Signed-off-by", "A <a@b.c>"))
    assert without(repo, made, ["Acked-by"], ["Suggested-by: Ö <o@b.c>"]) == message


def test_a_message_without_trailers_gets_some(repo: Repository) -> None:
    made = with_trailers(repo, "Subject\n\nText.", [Trailer("Link", "https://x.y")])
    assert made == "Subject\n\nText.\n\nLink: https://x.y"


@pytest.mark.parametrize(
    "line",
    [
        "Reviewed-by: Ann <ann@example.org>",
        "Cc: stable@vger.kernel.org <stable@vger.kernel.org> # 6.1",
        "Closes: https://bugzilla.kernel.org/show_bug.cgi?id=1",
        'Fixes: 0123456789ab ("iommu: Break it")',
        "Tested-by: Zoë <z@x.y> # on alpha",
    ],
)
def test_trailers_that_have_the_kernels_form(line: str) -> None:
    assert str(parse_trailer(line)) == line


# -- replies -------------------------------------------------------------------------


def reply(text: str, **headers: str) -> EmailMessage:
    made = EmailMessage()
    made["From"] = headers.pop("sender", "Ann <ann@example.org>")
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made


def box(path: Path, *mails: EmailMessage | bytes) -> Path:
    made = mailbox.mbox(path)
    for one in mails:
        made.add(one)
    made.close()
    return path


@pytest.mark.parametrize(
    ("answer", "tags"),
    [
        (reply(TAG, References="<one@x>"), ([TAG], [])),
        (reply(TAG, In_Reply_To="<cover@x>"), ([TAG], [TAG])),
        # The nearest that is known of what it answers.
        (reply(TAG, References="<cover@x> <two@x> <other@y>"), ([], [TAG])),
        # Ids that a mail program replaced: the subject tells, of the same version only.
        (
            reply(TAG, In_Reply_To="<new@y>", Subject=f"Re: [PATCH v2 1/2] {SUBJECTS[0]}"),
            ([TAG], []),
        ),
        (reply(TAG, In_Reply_To="<new@y>", Subject=f"Re: [PATCH 1/2] {SUBJECTS[0]}"), ([], [])),
        (reply(TAG, Subject=f"[PATCH v2 1/2] {SUBJECTS[0]}"), ([], [])),
        (reply(TAG, References="<else@y>", Subject="Re: lunch"), ([], [])),
        # Patches of the thread, also of another version, are no answers.
        (reply(TAG, Message_ID="<one@x>", In_Reply_To="<cover@x>", Subject="[RFC] x"), ([], [])),
        (reply(TAG, In_Reply_To="<cover@x>", Subject=f"[PATCH v3 1/2] {SUBJECTS[0]}"), ([], [])),
        (reply(f"> {TAG}\n\nNo.", References="<one@x>"), ([], [])),
        (reply(f"{TAG} [for v1]", References="<one@x>"), ([f"{TAG} [for v1]"], [])),
        (reply(TAG.lower(), References="<one@x>"), (["Reviewed-by: ann <ann@example.org>"], [])),
        # The same person by another address, and somebody else.
        (reply(TAG, sender="Ann <private@x.y>", References="<one@x>"), ([TAG], [])),
        (reply(TAG, sender="Eve <eve@x.y>", References="<one@x>"), ([], [])),
    ],
)
def test_the_tags_of_a_reply(
    answer: EmailMessage, tags: tuple[list[str], list[str]], tmp_path: Path
) -> None:
    found = read_replies(box(tmp_path / "box", answer), SENT, SUBJECTS)
    assert tuple([str(tag) for tag in each] for each in found.tags) == tags


def test_mails_in_other_encodings_and_broken_ones(tmp_path: Path) -> None:
    name = "Zo\xeb <z@x.y>"
    latin = (
        f"From: =?iso-8859-1?q?Zo=EB?= <z@x.y>\nReferences: <one@x>\n"
        "Content-Type: text/plain; charset=iso-8859-1\n\n"
        f"Acked-by: {name}\n"
    ).encode("latin-1")
    odd = b"From: =?nonsense?q?=ff?= <\xff@>\nReferences: <one@x\nContent-Type: x\n\nAcked-by: x\n"
    idna = latin.replace(b"charset=iso-8859-1", b"charset=idna").replace(b"one@x", b"two@x")
    found = read_replies(box(tmp_path / "box", odd, latin, idna), SENT, SUBJECTS)
    assert found.tags == ((Trailer("Acked-by", name),), (Trailer("Acked-by", "Zo\ufffd <z@x.y>"),))
    assert found.sent


def test_a_mailbox_may_be_compressed_or_a_maildir(tmp_path: Path) -> None:
    answer = reply(TAG, References="<one@x>")
    packed = tmp_path / "t.mbox.gz"
    packed.write_bytes(gzip.compress(box(tmp_path / "box", answer).read_bytes()))
    maildir = mailbox.Maildir(tmp_path / "maildir")
    maildir.add(answer)
    for path in (packed, tmp_path / "maildir"):
        assert [str(tag) for tag in read_replies(path, SENT, SUBJECTS).tags[0]] == [TAG]


_DAMAGED = bytearray(gzip.compress(b"From x" * 99, mtime=0))
_DAMAGED[12] ^= 0xFF


@pytest.mark.parametrize(
    "content", [b"no mailbox", gzip.compress(b"From x", mtime=0)[:-9], bytes(_DAMAGED)]
)
def test_what_is_no_mailbox(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "box"
    path.write_bytes(content)
    with pytest.raises(InputError, match="mailbox"):
        read_replies(path, SENT, SUBJECTS)
