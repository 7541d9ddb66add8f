# SPDX-License-Identifier: GPL-2.0-only
"""The rewrite on the real Linux 6.1: every constant in every file with an attach_dev callback.

Which callbacks there are is read off the source here, by a way of our own, so that this
test stands apart from discovery and analysis.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from errno_gen.analysis.apis import kernel_apis
from errno_gen.analysis.c.text.lexer import code
from errno_gen.analysis.c.text.syntax import call_name, mask, parse, walk
from errno_gen.analysis.edits.cutouts import around, extents
from errno_gen.model import DriverPatch, Location, SourceFile, Verdict
from errno_gen.stages.rewrite import rewrite
from spatches import SPATCHES, put_in_path
from verdicts import DRIVER, place, source, verdict

pytestmark = pytest.mark.kernel

_PRINTER = re.compile(
    r"(?:dev|pr|netdev|pci)_(?:emerg|alert|crit|err|warn|notice|info|dbg|debug)"
    r"(?:_once|_ratelimited)?|printk(?:_once|_ratelimited)?"
)
_ERRNO = re.compile(rb"E[A-Z0-9]{2,}\Z")
_NEW = "EUCLEAN"
_NOT_OURS = {
    "COMMIT_MESSAGE",
    "COMPARISON_TO_NULL",
    "DIFF_IN_COMMIT_MSG",
    "MISSING_SIGN_OFF",
    "PARENTHESIS_ALIGNMENT",
    "SPDX_LICENSE_TAG",
}
_ATTACH = re.compile(rb"\.attach_dev\s*=\s*(\w+)")


@pytest.fixture(scope="module")
def files(kernel_61: Path) -> list[SourceFile]:
    """The C files below drivers/iommu that install an attach_dev callback."""
    command = ["git", "-C", str(kernel_61), "grep", "-lF", ".attach_dev", "HEAD", "--"]
    listed = subprocess.run([*command, "drivers/iommu/*.c"], capture_output=True, check=True)
    found = []
    for line in listed.stdout.decode().splitlines():
        path = line.removeprefix("HEAD:")
        show = ["git", "-C", str(kernel_61), "show", f"HEAD:{path}"]
        text = subprocess.run(show, capture_output=True, check=True).stdout
        found.append(source(text, path))
    return found


@pytest.fixture(params=sorted(SPATCHES))
def each_spatch(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_in_path(tmp_path / "bin", SPATCHES[request.param], monkeypatch)


def _constants(file: SourceFile) -> Iterator[tuple[Location, str]]:
    """Every negative errno constant inside a function that is a value, not a comparison."""
    lexemes = code(file.text)
    known = extents(file.text, kernel_apis().annotations)
    for before, minus, name in zip(lexemes, lexemes[1:], lexemes[2:], strict=False):
        value = before.text in (b"return", b"=", b"?", b":", b"(", b",")
        inside = around(known, minus.start, name.end) is not None
        if minus.text == b"-" and value and inside and _ERRNO.match(name.text):
            yield place(file, minus.start, name.end), name.text.decode()


def _prints(file: SourceFile) -> tuple[Location, ...]:
    """Every statement inside a function that is a call of a printer."""
    root = parse(mask(file.text, kernel_apis().annotations)).root_node
    known = extents(file.text, kernel_apis().annotations)
    return tuple(
        place(file, node.start_byte, node.end_byte)
        for node in walk(root)
        if node.type == "expression_statement"
        and node.named_child_count == 1
        and node.named_children[0].type == "call_expression"
        and _PRINTER.fullmatch(call_name(node.named_children[0]))
        and around(known, node.start_byte, node.end_byte) is not None
    )


def _verdicts(file: SourceFile, prints: tuple[Location, ...] = ()) -> list[Verdict]:
    found = [verdict(where, errno, _NEW) for where, errno in _constants(file)]
    if prints:
        where = found[0].site.constant
        found[0] = verdict(where, found[0].site.errno, _NEW, prints=prints)
    return found


def _rewrite(file: SourceFile, verdicts: list[Verdict], scratch: Path) -> DriverPatch:
    patch = rewrite(DRIVER, (), verdicts, {file.path: file}, scratch=scratch, timeout=300)
    assert patch is not None
    return patch


def test_the_files(files: list[SourceFile]) -> None:
    assert len(files) == 20
    for file in files:
        names = {extent.name for extent in extents(file.text, kernel_apis().annotations)}
        callbacks = {match.decode() for match in _ATTACH.findall(file.text)}
        assert callbacks and callbacks <= names


@pytest.mark.usefixtures("each_spatch")
def test_every_constant_can_be_rewritten(files: list[SourceFile], tmp_path: Path) -> None:
    total = 0
    for file in files:
        verdicts = _verdicts(file)
        (change,) = _rewrite(file, verdicts, tmp_path).changes
        expected = file.text
        for one in reversed(verdicts):
            where = one.site.constant
            expected = expected[: where.start] + f"-{_NEW}".encode() + expected[where.end :]
        assert change.after == expected, file.path
        total += len(verdicts)
    assert total > 350


@pytest.mark.usefixtures("each_spatch")
def test_constants_of_a_callback_one_by_one(files: list[SourceFile], tmp_path: Path) -> None:
    """One edit alone moves nothing else: the callbacks of three files of different style."""
    chosen = sorted(files, key=lambda file: len(file.text))[:: len(files) // 3]
    for file in chosen:
        callback = _ATTACH.findall(file.text)[0].decode()
        known = {each.name: each for each in extents(file.text, kernel_apis().annotations)}
        extent = known[callback]
        for where, errno in _constants(file):
            if not extent.start <= where.start < extent.end:
                continue
            (change,) = _rewrite(file, [verdict(where, errno, _NEW)], tmp_path).changes
            expected = file.text[: where.start] + f"-{_NEW}".encode() + file.text[where.end :]
            assert change.after == expected


@pytest.fixture(scope="module")
def dropped(
    files: list[SourceFile], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[DriverPatch]]:
    """By version of spatch: all constants changed, and every message dropped that may go."""
    found = {}
    for name, program in SPATCHES.items():
        folder = tmp_path_factory.mktemp(name)
        with pytest.MonkeyPatch.context() as patched:
            put_in_path(folder / "bin", program, patched)
            found[name] = [_rewrite(f, _verdicts(f, _prints(f)), folder) for f in files]
    return found


def test_every_version_of_spatch_gives_the_same_bytes(
    dropped: dict[str, list[DriverPatch]],
) -> None:
    results = [[patch.changes for patch in patches] for patches in dropped.values()]
    assert all(result == results[0] for result in results)
    for patches in dropped.values():
        edits = [edit for patch in patches for edit in patch.edits]
        assert sum(edit.kind == "drop-print" for edit in edits) > 200


def test_checkpatch_is_content(
    dropped: dict[str, list[DriverPatch]], kernel_61: Path, tmp_path: Path
) -> None:
    """The kernel's own checkpatch finds no layout of ours to complain about."""
    for patch in next(iter(dropped.values())):
        for side, text in (("a", patch.changes[0].before), ("b", patch.changes[0].after)):
            path = tmp_path / side / patch.changes[0].path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text)
    diff = subprocess.run(["diff", "-ru", "a", "b"], cwd=tmp_path, capture_output=True)
    assert diff.returncode == 1
    show = ["git", "-C", str(kernel_61), "show", "HEAD:scripts/checkpatch.pl"]
    script = subprocess.run(show, capture_output=True, check=True).stdout
    (tmp_path / "checkpatch.pl").write_bytes(script)
    command = ["perl", "checkpatch.pl", "--no-tree", "--strict", "--show-types", "--terse", "-"]
    done = subprocess.run(command, cwd=tmp_path, input=diff.stdout, capture_output=True)
    assert b"total:" in done.stdout, done.stderr.decode()
    found = set(re.findall(r"(?:ERROR|WARNING|CHECK):([A-Z_]+)", done.stdout.decode()))
    # The style of old lines that an edit touches, and the missing changelog, are not ours.
    assert found <= _NOT_OURS, done.stdout.decode()
