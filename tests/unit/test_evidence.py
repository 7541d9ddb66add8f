# SPDX-License-Identifier: GPL-2.0-only
"""Whether the edits of a commit explain what differs in its object."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from errno_gen.model import Commit, FunctionChange, ObjectChange, to_json
from errno_gen.stages.build.evidence import Evidence
from errno_gen.tools.compile.results import ObjectResult
from errno_gen.tools.crew.ledger import History
from errno_gen.tools.git.claims import Claim, remember
from errno_gen.tools.git.repository import Repository
from errno_gen.tools.kernel.objects import KbuildObject
from errno_gen.tools.objects.disassembly import NO_CODE, Listings
from errno_gen.tools.objects.objcode import Listing
from gitrepo import GitRepo

_FILE = "drivers/iommu/alpha.c"
_SOURCE = """\
#define WIDTH 32

static int alpha_check(int x)
{
\treturn x > WIDTH ? -EBUSY : 0;
}

int alpha_attach(int x)
{
\treturn alpha_check(x);
}

int alpha_probe(int x)
{
\tmight_sleep();
\treturn x;
}
"""
_OBJECT = KbuildObject("drivers/iommu/alpha.o", _FILE, "", "", "drivers/iommu", ())
_EINVAL = ("-EBUSY", "-EINVAL")


class Case:
    """One commit to one file, and listings of its object before and after."""

    def __init__(self, folder: Path) -> None:
        self.repo = GitRepo(folder / "repo")
        self.base = self.repo.commit({_FILE: _SOURCE}, "Linux")
        self.listings = Listings(folder / "code")
        self.listings.folder.mkdir()

    def commit(self, *changes: tuple[str, str], message: str = "iommu/alpha: Change") -> None:
        text = _SOURCE
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        self.repo.commit({_FILE: text}, message)

    def claim(self, *functions: str) -> None:
        common = Repository.open(self.repo.path).common_dir
        remember(common, [Claim("0" * 40, "iommu/alpha: Change", functions)])

    def judge(
        self, before: dict[str, list[str]], after: dict[str, list[str]], **data: str
    ) -> ObjectChange:
        repo = Repository.open(self.repo.path)
        (info,) = repo.commits(f"{self.base}..HEAD")
        commit = Commit(info.oid, info.tree, self.base, "", info.subject, info.files)
        results = [
            self.result(Listing({name: tuple(code) for name, code in one.items()}, own))
            for one, own in ((before, {}), (after, data))
        ]
        history = History(repo, [commit])
        return Evidence(repo, history, self.listings).of(commit, 1, _OBJECT, *results)

    def result(self, listing: Listing) -> ObjectResult:
        text = to_json(listing)
        code = str(abs(hash(text)))
        self.listings.folder.joinpath(f"{code}.gz").write_bytes(gzip.compress(text))
        return ObjectResult(True, "", (_FILE,), "", 0.0, code)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path)


def code(value: int = -16, line: int = 15, width: int = 32) -> dict[str, list[str]]:
    """alpha_check() is inlined in alpha_attach(); alpha_probe() knows its line."""
    return {
        "alpha_attach": [f"cmp ${width},%edi", f"mov ${value},%eax", "ret"],
        "alpha_probe": [f"mov ${line},%esi", "call {__might_sleep}", "ret"],
    }


def test_an_errno_in_a_function_that_is_inlined(case: Case) -> None:
    case.commit(_EINVAL)
    assert case.judge(code(), code(-22)) == ObjectChange(
        object="drivers/iommu/alpha.o",
        functions=(FunctionChange("alpha_attach", "immediates", "inlined alpha_check"),),
        identical=1,
        basis="diff",
    )


def test_line_numbers_that_have_moved_are_no_difference(case: Case) -> None:
    case.commit(("#define WIDTH 32\n", "#define WIDTH 32\n\n"))
    change = case.judge(code(), code(line=16))
    assert (change.functions, change.flagged, change.identical) == ((), (), 2)


def test_a_number_that_is_no_moved_line_is_flagged(case: Case) -> None:
    case.commit(_EINVAL)
    change = case.judge(code(), code(-22, line=16))
    assert change.flagged == ("alpha_probe: differs, and no edit is in it",)


def test_another_errno_than_the_edited_one(case: Case) -> None:
    case.commit(_EINVAL)
    change = case.judge(code(), code(-19))
    assert change.flagged == ("alpha_attach: more differs than the errnos that were edited",)


def test_more_than_the_immediate(case: Case) -> None:
    case.commit(_EINVAL)
    after = {**code(-22), "alpha_attach": ["cmp $32,%edi", "mov $-22,%eax", "nop", "ret"]}
    change = case.judge(code(), after)
    assert change.flagged == ("alpha_attach: more differs than the errnos that were edited",)


def test_a_macro_changes_functions_that_nobody_edited(case: Case) -> None:
    case.commit(("WIDTH 32", "WIDTH 64"), ("return x;", "return x + 1;"))
    after = code(width=64) | {"alpha_probe": ["mov $15,%esi", "add $1,%eax", "ret"]}
    change = case.judge(code(), after)
    assert change.flagged == (
        "alpha_attach: differs, and no edit is in it; WIDTH changed outside of functions",
    )
    assert [one.function for one in change.functions] == ["alpha_attach", "alpha_probe"]


def test_what_the_changelog_does_not_name(case: Case) -> None:
    case.commit(
        _EINVAL,
        ("return x;", "return x + 1;"),
        message="iommu/alpha: Change\n\nReturn EINVAL instead of EBUSY from alpha_check().",
    )
    after = code(-22) | {"alpha_probe": ["mov $15,%esi", "add $1,%eax", "ret"]}
    change = case.judge(code(), after)
    assert change.basis == "changelog"
    assert change.flagged == (
        "alpha_probe: differs and is edited, and the changelog does not name it",
    )


def test_what_was_amended_after_apply(case: Case) -> None:
    case.claim("alpha_check")
    case.commit(_EINVAL, ("return x;", "return x + 1;"))
    after = code(-22) | {"alpha_probe": ["mov $15,%esi", "add $1,%eax", "ret"]}
    change = case.judge(code(), after)
    assert change.basis == "record"
    assert change.flagged == ("alpha_probe: differs and is edited, and apply did not edit it",)


def test_a_foreign_edit_that_hides_by_inlining(case: Case) -> None:
    case.claim("alpha_attach")
    case.commit(_EINVAL, ("return alpha_check(x);", "return alpha_check(x + 1);"))
    change = case.judge(code(), code(-22))
    assert change.flagged == (
        "alpha_check: is part of alpha_attach and edited, and apply did not edit it",
    )


def test_an_edit_without_effect(case: Case) -> None:
    case.commit(("return x;", "return x + 0;"))
    change = case.judge(code(), code())
    assert change.flagged == ("alpha_probe: is edited and its code is the same",)


def test_an_edit_that_is_compiled_out(case: Case) -> None:
    case.commit(_EINVAL)
    gone = {"alpha_probe": code()["alpha_probe"]}
    change = case.judge(gone, gone)
    assert change.flagged == ("alpha_check: is edited and nothing of it is in the object",)


def test_a_variable_that_differs(case: Case) -> None:
    case.commit(_EINVAL)
    change = case.judge(code(), code(-22), alpha_ops="x")
    assert change.flagged == ("alpha_ops: the contents of this variable differ",)


def test_code_that_cannot_be_read(case: Case) -> None:
    case.commit(_EINVAL)
    repo = Repository.open(case.repo.path)
    (info,) = repo.commits(f"{case.base}..HEAD")
    commit = Commit(info.oid, info.tree, case.base, "", info.subject, info.files)
    blind = ObjectResult(True, "", (_FILE,), "", 0.0, NO_CODE)
    evidence = Evidence(repo, History(repo, [commit]), case.listings)
    change = evidence.of(commit, 1, _OBJECT, blind, blind)
    assert change.missing == "its code could not be read"


def test_a_comparison_is_kept(case: Case) -> None:
    case.commit(_EINVAL)
    first = case.judge(code(), code(-22))
    kept = sorted(case.listings.folder.glob("*-*.gz"))
    assert len(kept) == 1
    for path in case.listings.folder.glob("*.gz"):
        if path not in kept:
            path.write_bytes(b"")
    results = [ObjectResult(True, "", (_FILE,), "", 0.0, c) for c in kept[0].stem.split("-")]
    assert case.listings.compare(results[0].code, results[1].code) is not None
    assert first.functions


_OTHER_ATTACH = ("return alpha_check(x);\n", "return alpha_check(x) ?: -EINVAL;\n")


def test_a_helper_is_no_longer_inlined_in_a_function_that_was_edited(case: Case) -> None:
    case.commit(_OTHER_ATTACH)
    attach, probe = ["cmp", "mov", "ret"], ["ret"]
    apart = {"alpha_attach": ["call alpha_check", "ret"], "alpha_probe": probe}

    change = case.judge(
        {"alpha_attach": attach, "alpha_probe": probe}, {**apart, "alpha_check": ["cmp", "ret"]}
    )

    assert change.flagged == ()
    assert FunctionChange("alpha_check", "new", "no longer inlined in alpha_attach") in (
        change.functions
    )
    back = case.judge(
        {**apart, "alpha_check": ["cmp", "ret"]}, {"alpha_attach": attach, "alpha_probe": probe}
    )
    assert back.flagged == ()
    assert FunctionChange("alpha_check", "gone", "inlined now in alpha_attach") in back.functions


def test_a_helper_that_no_edited_function_calls_is_not_explained_by_inlining(case: Case) -> None:
    case.commit(("return x;\n}", "return x + 1;\n}"))

    change = case.judge(
        {"alpha_attach": ["cmp", "ret"], "alpha_probe": ["ret"]},
        {"alpha_attach": ["cmp", "ret"], "alpha_probe": ["add", "ret"], "alpha_check": ["ret"]},
    )

    assert change.flagged == ("alpha_check: has code of its own now, and no edit is in it",)
