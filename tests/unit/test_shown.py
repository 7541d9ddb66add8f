# SPDX-License-Identifier: GPL-2.0-only
"""The diff that git shows is held against the files that were proven."""

from __future__ import annotations

import pytest

from conftest import MakeRepo
from errno_gen.errors import ProofError
from errno_gen.stages.commit.shown import prove_shown
from errno_gen.tools.git.repository import Repository

_BEFORE = b"one\n\xff two\nthree\n" + b"same\n" * 20 + b"last"
_AFTER = b"one\n\xff 2\nthree\n" + b"same\n" * 20 + b"the last"


def _diff(make_repo: MakeRepo, after: bytes, *more: str) -> str:
    made = make_repo({"a.c": _BEFORE, "b.c": "b\n"})
    made.commit({"a.c": after, **dict.fromkeys(more, "changed\n")}, "change")
    repo = Repository.open(made.path)
    return repo.diff(repo.resolve("HEAD~"), repo.resolve("HEAD"))


def test_the_planned_diff_is_accepted(make_repo: MakeRepo) -> None:
    prove_shown(_diff(make_repo, _AFTER), {"a.c": (_BEFORE, _AFTER)})


def test_a_file_too_many_is_refused(make_repo: MakeRepo) -> None:
    with pytest.raises(ProofError, match=r"planned: b\.c"):
        prove_shown(_diff(make_repo, _AFTER, "b.c"), {"a.c": (_BEFORE, _AFTER)})


def test_a_file_too_few_is_refused(make_repo: MakeRepo) -> None:
    planned = {"a.c": (_BEFORE, _AFTER), "c.c": (b"c\n", b"d\n")}
    with pytest.raises(ProofError, match=r"planned: c\.c"):
        prove_shown(_diff(make_repo, _AFTER), planned)


def test_a_line_that_was_not_proven_is_refused(make_repo: MakeRepo) -> None:
    other = _AFTER.replace(b"three", b"3")
    with pytest.raises(ProofError, match=r"a\.c: git shows lines"):
        prove_shown(_diff(make_repo, other), {"a.c": (_BEFORE, _AFTER)})
