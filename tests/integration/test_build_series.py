# SPDX-License-Identifier: GPL-2.0-only
"""Series on the real Linux 6.1 in real containers: what is broken is named, what changes told."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from commandline import errno_gen
from edited import Edits, series
from errno_gen.model import Commit, Status
from errno_gen.stages.build import BuildOptions, build
from errno_gen.tools.compile.replay import Replay
from errno_gen.tools.git.repository import NewCommit, Repository

pytestmark = [pytest.mark.container, pytest.mark.kernel]

_D = "drivers/iommu"
_BUSY = b"\t\tret = -EBUSY;\n"
_UNUSED = b"\t\tint nobody_reads_this;\n\n"


def line_of(repo: Repository, commit: str, path: str, text: bytes) -> int:
    source = repo.read(commit, path)
    assert source is not None
    return source.text[: source.text.index(text)].count(b"\n") + 1


def test_broken_commits_in_the_middle_are_named_and_the_others_pass(
    repo: Repository, engine: str, xdg: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    omap, sprd, virtio = (f"{_D}/{name}-iommu.c" for name in ("omap", "sprd", "virtio"))
    commits = series(
        repo,
        ("iommu/omap: Change", {omap: (_BUSY, b"\t\tret = -EINVAL;\n")}),
        ("iommu/virtio: Break", {virtio: (b"-EXDEV;", b"-EINVAL broken;")}),
        ("iommu/virtio: Repair", {virtio: (b"-EINVAL broken;", b"-EINVAL;")}),
        ("iommu/sprd: Break", {sprd: (b"-EINVAL", b"-EINCOMPATIBLE")}),
        ("iommu/sprd: Repair", {sprd: (b"-EINCOMPATIBLE", b"-ENXIO")}),
        ("iommu/omap: Warn", {omap: (b"\t\tret = -EINVAL;\n\t\tgoto out;", _UNUSED + _BUSY)}),
        ("iommu/virtio: Change", {virtio: (b"-ENODEV", b"-ENXIO")}),
    )
    monkeypatch.setenv("XDG_CACHE_HOME", str(xdg))
    outcome = errno_gen(
        *("build", "--tree", str(repo.git_dir), "--engine", engine, "--arch", "arm64"),
        *("--warnings", "--werror-new", "--json", str(tmp_path / "results.json")),
        f"{commits[0].parent}..{commits[-1].oid}",
    )
    assert outcome.code == 1, outcome.err
    rows = {line.split()[0]: line.split()[1] for line in outcome.out.splitlines()[1:8]}
    assert rows == {
        one.oid[:12]: "FAIL" if number in (1, 3, 5) else "PASS"
        for number, one in enumerate(commits)
    }
    results = json.loads((tmp_path / "results.json").read_text())["results"]
    errors = [one["error"] for one in results if one["status"] == "FAIL"]
    lines = (
        line_of(repo, commits[1].oid, virtio, b"-EINVAL broken"),
        line_of(repo, commits[3].oid, sprd, b"-EINCOMPATIBLE"),
        line_of(repo, commits[5].oid, omap, _UNUSED),
    )
    assert errors[0].startswith(f"{virtio}:{lines[0]}: expected ';' before 'broken'")
    assert errors[1].startswith(f"{sprd}:{lines[1]}: 'EINCOMPATIBLE' undeclared")
    assert errors[2].startswith(f"{omap}:{lines[2]}: unused variable 'nobody_reads_this'")
    assert all(error in outcome.out for error in errors)


def test_what_changes_in_omap_intel_and_fsl_pamu_and_what_was_planted(
    repo: Repository, engine: str, xdg: Path
) -> None:
    omap, intel, pamu = f"{_D}/omap-iommu.c", f"{_D}/intel/iommu.c", f"{_D}/fsl_pamu.c"
    old = b"!ecap_sc_support(iommu->ecap))\n\t\treturn -EOPNOTSUPP;"
    pr_debug = b'pr_debug("bad operation mapping index: %d\\n", omi);\n\t\treturn -EINVAL;'
    attach = {omap: (_BUSY, b"\t\tret = -EINVAL;\n")}
    section = b"IOSECTION_SIZE);\n\t\treturn -EINVAL;"
    planted = (section, section.replace(b"EINVAL", b"ENOSPC"))
    commits = series(
        repo,
        ("iommu/omap: X\n\nReturn another errno from omap_iommu_attach_dev().", attach),
        (
            "iommu/vt-d: X\n\nReturn another errno from prepare_domain_attach_device().",
            {intel: (old, old.replace(b"EOPNOTSUPP", b"EINVAL"))},
        ),
        (
            "iommu/fsl_pamu: X\n\nReturn another errno from pamu_config_ppaace().",
            {pamu: (pr_debug, pr_debug.replace(b"EINVAL", b"ENODEV"))},
        ),
        (
            "iommu/omap: Y\n\nReturn another errno from omap_iommu_attach_dev().",
            {omap: (b"\t\tret = -EINVAL;\n\t\tgoto out;", b"\t\tret = -ENXIO;\n\t\tgoto out;")},
        ),
    )
    both = _with_another_errno(repo, commits, omap, planted)
    options = BuildOptions(engine, ("x86_64", "powerpc"), cache=xdg / "errno-gen")
    results = build(repo, both, options, lambda *_: None)
    assert {one.status for one in results} == {Status.PASS}
    own = {(one.commit, one.architecture): one.changes[0] for one in results}
    told = [
        [(one.function, one.kind, one.because) for one in own[commit.oid, architecture].functions]
        for commit, architecture in zip(both, ("x86_64", "x86_64", "powerpc"), strict=False)
    ]
    assert told == [
        [("omap_iommu_attach_dev", "immediates", "edited")],
        [("intel_iommu_attach_device", "immediates", "inlined prepare_domain_attach_device")],
        [("pamu_config_ppaace", "immediates", "edited")],
    ]
    flagged = [own[one.oid, "x86_64"].flagged for one in (both[0], both[1], both[3])]
    assert flagged[:2] == [(), ()]
    assert own[both[2].oid, "powerpc"].flagged == ()
    assert len(flagged[2]) == 1
    assert flagged[2][0].startswith("iopgd_alloc_section: ")
    assert flagged[2][0].endswith("edited, and the changelog does not name it")


def _with_another_errno(
    repo: Repository, chain: Sequence[Commit], path: str, planted: tuple[bytes, bytes]
) -> tuple[Commit, ...]:
    """The chain with an edit of another function in its last commit, which does not tell."""
    source = repo.read(chain[-1].oid, path)
    assert source is not None
    assert planted[0] in source.text
    text = source.text.replace(*planted, 1)
    message = repo.commits(chain[-1].oid)[0].message
    (made,) = repo.write_commit_chain(chain[-2].oid, [NewCommit(message, {path: text})])
    last = Commit(made.oid, made.tree, made.parents[0], "", made.subject, made.files)
    return (*chain[:-1], last)


def test_a_repeated_call_gives_the_code_that_the_whole_kbuild_gives(
    repo: Repository, engine: str, xdg: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """arm64 and powerpc add flags to all while they prepare (the stack protector's)."""
    omap, pamu = f"{_D}/omap-iommu.c", f"{_D}/fsl_pamu.c"
    pr_debug = b'pr_debug("bad operation mapping index: %d\\n", omi);\n\t\treturn -EINVAL;'
    steps: list[tuple[str, Edits]] = [
        ("iommu/omap: X", {omap: (_BUSY, b"\t\tret = -ENXIO;\n")}),
        ("iommu/fsl_pamu: X", {pamu: (pr_debug, pr_debug.replace(b"EINVAL", b"ENXIO"))}),
    ]
    cache = xdg / "errno-gen"
    options = BuildOptions(engine, ("x86_64", "arm64", "powerpc"), cache=cache)
    codes = []
    for repeated in (True, False):
        if not repeated:
            monkeypatch.setattr(Replay, "call", lambda _replay: None)
        for path in cache.glob("kbuild/*/results/*.json"):
            path.unlink()
        results = build(repo, series(repo, *steps), options, lambda *_: None)
        logs = {Path(one.log).read_text(encoding="utf-8") for one in results}
        assert ["Entering directory" in log for log in logs] == [not repeated] * len(logs)
        codes.append(_codes(cache))
    assert len(codes[0]) == 8
    assert codes[0] == codes[1]


def _codes(cache: Path) -> dict[tuple[str, str, str], str]:
    """The digest of each object's code, by configuration, tree and object."""
    return {
        (path.name, key, target): one["code"]
        for path in cache.glob("kbuild/*/results/*.json")
        for key, own in json.loads(path.read_text())["objects"].items()
        for target, one in own.items()
    }
