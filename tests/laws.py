# SPDX-License-Identifier: GPL-2.0-only
"""Two laws that verdicts obey without any label, and copies of a kernel to try them on.

*Renaming*: functions and macros of the kernel under other names throughout, not one other
byte changed: no verdict changes. *Taking away*: a body withheld, so that less is known: a
verdict stays, becomes unknown, or goes with its constant.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from errno_gen.model import Action, Verdict

RENAMED = tuple(
    name
    for line in (Path(__file__).parent / "renamed.txt").read_text(encoding="utf-8").splitlines()
    for name in line.partition("#")[0].split()
)
"""What lists of names said of the kernel's helpers, but for what cannot be derived: that is
container_of(), pointer-errors, assertions and what has the value of its argument, attributes,
what starts a runtime resume, what the configuration decides (IS_ENABLED()), the slab and page
allocators' own entry points, and memcpy() and memmove(), which C itself has."""

PREFIX = "zz_"
_PASTED = ("__cmp_op_min", "__cmp_op_max")
"""What macros paste together from a name and another one's end."""

_NEEDED = re.compile(
    r"[^/]+$|include/(?!dt-bindings/|drm/|sound/|media/)|arch/[^/]+/include/"
    r"|(?:lib|mm|kernel|block)/|drivers/(?:base|of|iommu|acpi|pci|clk|amba|virtio|firmware)/"
)
"""What a scan of the IOMMU drivers asks for: where all else is left out, it is quick."""

_CHANGES = (Action.REWRITE, Action.DROP_PRINT)
Key = tuple[str, int, str, str]


def copy_of(
    kernel: Path, folder: Path, names: Collection[str] = (), *, whole: bool = False
) -> Path:
    """A bare repository with one commit: the kernel, or what a scan of it needs, renamed."""
    path = folder / "linux.git"
    clone = ["git", "clone", "-q", "-s", "-n", "--bare", str(kernel), str(path)]
    subprocess.run(clone, check=True)
    listed = subprocess.run(
        ["git", "-C", str(kernel), "ls-tree", "-r", "-z", "HEAD"], check=True, capture_output=True
    )
    entries = [_Entry.of(line) for line in listed.stdout.split(b"\0") if line]
    kept = [entry for entry in entries if whole or _NEEDED.match(entry.path)]
    command = ["git", "-c", "core.compression=0", "-C", str(path), "fast-import", "--quiet"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as importer:
        assert importer.stdin is not None
        _commit(importer.stdin, kernel, kept, names)
        importer.stdin.close()
        assert importer.wait() == 0
    head = ["git", "-C", str(path), "symbolic-ref", "HEAD", "refs/heads/copy"]
    subprocess.run(head, check=True)
    return path


@dataclass(frozen=True, slots=True)
class _Entry:
    mode: str
    blob: str
    path: str

    @classmethod
    def of(cls, line: bytes) -> _Entry:
        about, _, path = line.decode(errors="surrogateescape").partition("\t")
        mode, _, blob = about.split(" ")
        return cls(mode, blob, path)


def _commit(out: IO[bytes], kernel: Path, entries: list[_Entry], names: Collection[str]) -> None:
    out.write(b"commit refs/heads/copy\ncommitter Ada <ada@example.com> 1700000000 +0000\n")
    out.write(b"data 0\n")
    pattern = re.compile(rb"(?<![\w/])(?:%s)(?!\w|\.h)" % _trie(names).encode()) if names else None
    pasted = {name.encode(): name.replace("_op_", "_op_" + PREFIX).encode() for name in _PASTED}
    readable = [e for e in entries if pattern is not None and e.path.endswith((".c", ".h", ".S"))]
    changed: set[str] = set()
    for entry, text in _texts(kernel, readable):
        assert pattern is not None
        new = pattern.sub(PREFIX.encode() + rb"\g<0>", text)
        for before, after in pasted.items():
            new = new.replace(before, after)
        if new != text:
            changed.add(entry.path)
            out.write(f"M {entry.mode} inline {_quoted(entry.path)}\n".encode())
            out.write(b"data %d\n" % len(new) + new + b"\n")
    for entry in entries:
        if entry.path not in changed:
            out.write(f"M {entry.mode} {entry.blob} {_quoted(entry.path)}\n".encode())


def _texts(kernel: Path, entries: list[_Entry]) -> Iterator[tuple[_Entry, bytes]]:
    with tempfile.TemporaryFile() as asked:
        asked.write("".join(f"{entry.blob}\n" for entry in entries).encode())
        asked.seek(0)
        command = ["git", "-C", str(kernel), "cat-file", "--batch"]
        with subprocess.Popen(command, stdin=asked, stdout=subprocess.PIPE) as reader:
            assert reader.stdout is not None
            for entry in entries:
                size = int(reader.stdout.readline().split()[2])
                yield entry, reader.stdout.read(size)
                reader.stdout.read(1)


def _quoted(path: str) -> str:
    return f'"{path}"' if " " in path else path


def _trie(names: Collection[str]) -> str:
    """An expression for any of the names that looks at each letter once."""
    if not names:
        return ""
    heads: dict[str, list[str]] = {}
    for name in sorted(names):
        if name:
            heads.setdefault(name[0], []).append(name[1:])
    ways = [re.escape(head) + _trie(rest) for head, rest in heads.items()]
    if not ways:
        return ""
    return f"(?:{'|'.join(ways)})" + ("?" if "" in names else "")


def key_of(verdict: Verdict) -> Key:
    """Where a verdict is and what it is about, whatever functions are called."""
    site = verdict.site
    guard = str(verdict.guard[0]) if verdict.guard else ""
    return site.constant.file, site.constant.line, site.errno, guard.replace(PREFIX, "")


@dataclass(frozen=True, slots=True)
class Difference:
    """Two scans compared: how many verdicts stay, each that does not, and new rewrites."""

    total: int
    stay: int
    changes: tuple[str, ...]
    rewrites: tuple[str, ...]

    @property
    def percent(self) -> float:
        return 100 * self.stay / self.total


def difference(before: Iterable[Verdict], after: Iterable[Verdict]) -> Difference:
    """How two scans of the same code differ."""
    old, new = _by_key(before), _by_key(after)
    stay = sum((old[key] & new.get(key, Counter())).total() for key in old)
    changes = tuple(
        f"{key}: {sorted((old.get(key, _NONE) - new.get(key, _NONE)).elements())} -> "
        f"{sorted((new.get(key, _NONE) - old.get(key, _NONE)).elements())}"
        for key in sorted({*old, *new})
        if old.get(key) != new.get(key)
    )
    rewrites = Counter(map(_change, after)) - Counter(map(_change, before))
    del rewrites[None]
    total = sum(each.total() for each in old.values())
    return Difference(total, stay, changes, tuple(map(str, rewrites)))


_NONE: Counter[str] = Counter()


def _by_key(verdicts: Iterable[Verdict]) -> Mapping[Key, Counter[str]]:
    found: dict[Key, Counter[str]] = {}
    for verdict in verdicts:
        found.setdefault(key_of(verdict), Counter())[f"{verdict.cause} {verdict.action}"] += 1
    return found


def _change(verdict: Verdict) -> tuple[Key, str | None] | None:
    wanted = verdict.propagate or verdict.wanted
    return (key_of(verdict), wanted) if verdict.action in _CHANGES else None
