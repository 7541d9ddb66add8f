# SPDX-License-Identifier: GPL-2.0-only
"""The folder that errno-gen series makes, sent by the real git send-email to a mail server."""

from __future__ import annotations

import email
import email.policy
import os
import subprocess
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from commandline import errno_gen
from gitrepo import GitRepo
from mailsink import Sink, mail_sink
from seriesrepo import BRANCH, FILES, kernel, series, trees

ME = "carl@example.com"


@pytest.fixture
def sink() -> Iterator[tuple[Sink, int]]:
    """A mail server on loopback, and its port."""
    with mail_sink() as found:
        yield found


def send(repo: GitRepo, folder: Path, port: int) -> str:
    """Send a folder as the tool says, the server apart; what git printed."""
    server = ("--smtp-server=127.0.0.1", f"--smtp-server-port={port}")
    asked = ("--confirm=never", "--smtp-domain=localhost", f"--from=Carl Committer <{ME}>")
    done = subprocess.run(
        ["git", "send-email", *server, *asked, str(folder)],
        cwd=repo.path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def addresses(mail: EmailMessage) -> set[str]:
    headers = [mail[name] for name in ("To", "Cc") if mail[name] is not None]
    return {one.addr_spec.lower() for header in headers for one in header.addresses}


def test_a_whole_series(tmp_path: Path, sink: tuple[Sink, int]) -> None:
    handler, port = sink
    repo = kernel(tmp_path / "linux")
    suggested = "Suggested-by: Žofie Nováková <zofie@example.org>"
    assert series(repo, tmp_path / "v1", "-v", "1", "--trailer", suggested).code == 0
    send(repo, tmp_path / "v1", port)
    files = sorted((tmp_path / "v1").iterdir())
    written = [email.message_from_bytes(f.read_bytes(), policy=email.policy.default) for f in files]
    mails = handler.mails

    # order
    assert [str(mail["Subject"]) for mail in mails] == [str(mail["Subject"]) for mail in written]
    assert str(mails[0]["Subject"]).startswith("[PATCH 0/3] iommu: ")
    # threading: flat below the cover letter, with the ids that the next version knows
    cover, *patches = mails
    assert [mail["Message-ID"] for mail in mails] == [mail["Message-ID"] for mail in written]
    assert cover["In-Reply-To"] is None
    for patch in patches:
        assert patch["In-Reply-To"] == patch["References"] == cover["Message-ID"]
    # recipients: those of the headers, as git adds them to the envelope
    for (sender, envelope, _), mail, file in zip(handler.got, mails, written, strict=True):
        assert sender == ME
        assert envelope == addresses(mail)
        assert addresses(file) <= envelope  # type: ignore[arg-type]
        assert envelope - addresses(file) <= {ME, "ada@example.com"}  # type: ignore[arg-type]
    assert "alice@example.org" in handler.got[1][1] - handler.got[2][1]
    assert "gus@example.org" in handler.got[3][1] - handler.got[2][1]
    assert {"alice@example.org", "gus@example.org"} <= handler.got[0][1]
    # encoding
    names = [one.display_name for one in patches[0]["To"].addresses]
    assert "Alice Älpha" in names
    assert suggested in patches[0].get_content()
    assert all(mail.get_content_charset() == "utf-8" for mail in mails if not _is_ascii(mail))
    assert all(raw.split(b"\r\n\r\n")[0].isascii() for *_, raw in handler.got)


def _is_ascii(mail: EmailMessage) -> bool:
    return str(mail.get_content()).isascii()


def test_what_was_sent_can_be_applied(tmp_path: Path, sink: tuple[Sink, int]) -> None:
    handler, port = sink
    repo = kernel(tmp_path / "linux")
    series(repo, tmp_path / "v1", "--link", "https://example.org/é")
    send(repo, tmp_path / "v1", port)
    box = tmp_path / "box"
    received = (raw.replace(b"\r\n", b"\n") for *_, raw in handler.got[1:])
    box.write_bytes(b"".join(b"From x Mon Sep 17 00:00:00 2001\n" + raw for raw in received))
    repo.git("checkout", "-q", "--detach", "master")
    repo.git("am", "-q", str(box))
    assert trees(repo.path, "master..HEAD") == trees(repo.path, f"master..{BRANCH}")
    assert "é" in repo.git("log", "-1", "--format=%B")


def test_a_series_of_thirty(tmp_path: Path, sink: tuple[Sink, int]) -> None:
    handler, port = sink
    files = dict(FILES)
    beta = files["drivers/iommu/beta-iommu.c"]
    lines = []
    for number in range(30):
        files[f"drivers/iommu/d{number:02}-iommu.c"] = beta.replace("beta", f"d{number:02}")
        lines.append(f"obj-$(CONFIG_D{number:02}_IOMMU) += d{number:02}-iommu.o\n")
    files["drivers/iommu/Makefile"] += "".join(lines)
    repo = GitRepo(tmp_path / "linux")
    repo.commit(files, "Linux")
    drivers = [part for number in range(30) for part in ("--driver", f"d{number:02}")]
    assert errno_gen("apply", "--tree", repo.path, "-s", *drivers).code == 0
    assert series(repo, tmp_path / "v3", "-v", "3", "--subject-prefix", "PATCH RFC").code == 0
    send(repo, tmp_path / "v3", port)
    numbers = [str(mail["Subject"]).split("]")[0] for mail in handler.mails]
    assert numbers == [f"[PATCH RFC v3 {number:02}/30" for number in range(31)]
    assert "in 30 drivers, at 30 places" in handler.mails[0].get_content()


def test_one_patch(tmp_path: Path, sink: tuple[Sink, int]) -> None:
    handler, port = sink
    repo = kernel(tmp_path / "linux")
    errno_gen("apply", "--tree", repo.path, "-s", "--force", "--driver", "gamma")
    series(repo, tmp_path / "v1")
    send(repo, tmp_path / "v1", port)
    (mail,) = handler.mails
    assert str(mail["Subject"]).startswith("[PATCH] iommu/gamma: ")
    assert mail["In-Reply-To"] is None
    assert "rita@example.org" in handler.got[0][1]
