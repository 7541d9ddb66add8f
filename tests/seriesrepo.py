# SPDX-License-Identifier: GPL-2.0-only
"""A small kernel with scripts for patches of its own, and series that are made from it."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage
from pathlib import Path

import minikernel
from commandline import Outcome, errno_gen, git
from gitrepo import GitRepo

# Stand-ins that print what the kernel's scripts print, for the options that they are given.
GET_MAINTAINER = """\
#!/usr/bin/perl
use strict; use utf8; use open qw(:std :utf8);
die "$0: no kernel tree here\\n" unless -d "drivers/iommu" && -f "MAINTAINERS";
die "git history was asked for\\n" unless grep { $_ eq "--nogit-fallback" } @ARGV;
my %is = map { $_ => 1 } @ARGV;
my $patch = $ARGV[-1] =~ /^--/ ? "/dev/stdin" : pop @ARGV;
open(my $file, "<", $patch) or die "$patch: $!\\n";
my %files = map { m{^\\+\\+\\+ b/(\\S+)} ? ($1 => 1) : () } <$file>;
my %seen;
open(my $table, "<", "MAINTAINERS") or die;
while (my $line = <$table>) {
  my ($pattern, $who, $role) = $line =~ m{^F\\t(.*)\\t(.*)\\t(.*)$} or next;
  next unless grep { index($_, $pattern) == 0 } keys %files;
  next if $is{$role =~ /list/ ? "--nol" : $role =~ /review/ ? "--nor" : "--nom"};
  if ($is{"--norolestats"}) { print "$who\\n" unless $seen{$who}++; next; }
  print "$who ($role:ALPHA (and more),commit_signer)\\n" unless $seen{$who}++;
}
"""
CHECKPATCH = """\
#!/usr/bin/perl
use strict;
die "no root\\n" unless grep { /^--root=/ } @ARGV;
my $bad = 0;
for my $patch (grep { /\\.patch$/ } @ARGV) {
  open(my $file, "<", $patch) or die "$patch: $!\\n";
  my $text = join("", <$file>);
  next if $text =~ /^Signed-off-by:/m;
  print "$patch:7: ERROR:MISSING_SIGN_OFF: Missing Signed-off-by: line(s)\\n";
  $bad = 1;
}
exit $bad;
"""
MAINTAINERS = """\
F\tdrivers/iommu/alpha\tAlice Älpha <alice@example.org>\tmaintainer
F\tdrivers/iommu/gamma\t"Gus G. Gamma" <gus@example.org>\tsupporter
F\tdrivers/iommu/gamma\tRita Review <rita@example.org>\treviewer
F\tdrivers/iommu/\tJörg Iommu <joerg@example.org>\tmaintainer
F\tdrivers/iommu/\tiommu@lists.example.org\topen list
F\t\tlinux-kernel@lists.example.org\topen list
"""
FILES = {
    **minikernel.FILES,
    "MAINTAINERS": MAINTAINERS,
    "scripts/get_maintainer.pl": GET_MAINTAINER,
    "scripts/checkpatch.pl": CHECKPATCH,
}
BRANCH = "errno-gen/einval"
KEPT = """\
[[decision]]
driver = "alpha"
function = "alpha_iommu_attach_dev"
errno = "EINVAL"
guard = "!iommu"
action = "keep"
reason = "Firmware may add the IOMMU later."
"""


def kernel(folder: Path, files: dict[str, str] | None = None) -> GitRepo:
    """The small kernel, with a branch on it that apply made and signed off."""
    repo = GitRepo(folder)
    repo.commit(FILES if files is None else files, "Linux")
    applied(repo)
    return repo


def applied(repo: GitRepo, *options: str) -> None:
    """Run apply there, with a sign-off."""
    outcome = errno_gen("apply", "--tree", repo.path, "-s", *options)
    assert outcome.code == 0, outcome.err


def series(repo: GitRepo, folder: Path, *options: str | Path) -> Outcome:
    """Run the command there."""
    return errno_gen("series", "--tree", repo.path, "-o", folder, *options)


def retag(repo: GitRepo, tags: dict[str, str], branch: str = BRANCH) -> None:
    """Amend the branch as b4 trailers -u does: a trailer for the commits of some drivers."""
    parent = repo.git("merge-base", "master", branch)
    for commit in repo.git("rev-list", "--reverse", f"master..{branch}").split():
        message = repo.git("log", "-1", "--format=%B", commit)
        for driver, tag in tags.items():
            if message.startswith(f"iommu/{driver}:"):
                message = repo.git("interpret-trailers", "--trailer", tag, stdin=message)
        tree = repo.git("rev-parse", f"{commit}^{{tree}}")
        parent = repo.git("commit-tree", "-p", parent, tree, stdin=message)
    repo.git("update-ref", "--create-reflog", "-m", "rebase", f"refs/heads/{branch}", parent)


def mails(folder: Path) -> list[EmailMessage]:
    """The mails of a folder in the order of their names."""
    return [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)  # type: ignore[misc]
        for path in sorted(folder.iterdir())
    ]


def body(mail: EmailMessage) -> str:
    """The text of a mail."""
    payload = mail.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode()


def trees(repo: Path, revisions: str) -> list[str]:
    """The tree ids of a range, oldest first."""
    return git(repo, "log", "--reverse", "--format=%T", revisions).split()


def am(repo: GitRepo, folder: Path, files: list[Path]) -> list[str]:
    """The tree ids that git am makes of patches on a fresh checkout of the base."""
    repo.git("worktree", "add", "-q", "--detach", str(folder), "master")
    git(folder, "am", "-q", *map(str, files))
    return trees(folder, "master..HEAD")
