# SPDX-License-Identifier: GPL-2.0-only
"""The code of an object, function by function, in words that can be compared.

``objdump -d`` has the instructions, the object's own tables say what they refer to. Branches
inside a function go to numbered labels, everything else goes by name: so what has only moved
is the same. Parts that a compiler splits off (``.cold``, ``.isra.0``, ``.part.0``) belong to
the function that they come from.

Not compared are lists of places in the code (bug, exception, jump label and unwind tables,
descriptors of messages, data of sanitizers), jump tables of switches, and constructors that no
source has: KASAN's tell how many strings there are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from errno_gen.tools.objects.elf import ElfObject, Relocation, Symbol, stable

_SECTION = re.compile(r"^Disassembly of section (.+):$")
_HEADING = re.compile(r"^([0-9a-f]+) <(.+)>:$")
_INSTRUCTION = re.compile(r"^\s*([0-9a-f]+):\t(.+)$")
_COMMENT = re.compile(r"\s+(?:#|;|@|//)\s.*$")
_TARGET = re.compile(r"(?:0x)?\b([0-9a-f]+) <[^>]+>")
_PART = re.compile(r"\.(?:isra|constprop|part|cold|lto_priv|llvm|localalias)\b.*$")
_PREFIX = "__pfx_"
"""Symbols that stand for the padding before a function (CONFIG_FUNCTION_PADDING_BYTES)."""
_CONSTRUCTOR = re.compile(r"^(?:_GLOBAL__)?_?sub_[ID]_")
_NUMBER = re.compile(r"(?<![\w.%-])[$#]?(-?(?:0x[0-9a-f]+|\d+))(?![\w(.])")
_BRACKETS = re.compile(r"(\[[^\]]*\])")
_FRAME = re.compile(r'^"\d+(?: \d+ \d+ \d+ \S+)+ ?"$')
_NEGATED = re.compile(r"^mvn(\S*) (\w+, )#(\d+)$")
_WIDE = re.compile(r"^movw (?=\w+, #)")


@dataclass(frozen=True, slots=True)
class Listing:
    """The code of one object: instructions by function, digests of data by variable."""

    functions: dict[str, tuple[str, ...]]
    data: dict[str, str]


@dataclass(frozen=True, slots=True)
class CodeChange:
    """How one function differs: ``kind`` is ``immediates``, ``instructions``, ``new``, ``gone``.

    ``numbers`` are the numbers that differ where nothing else does, before and after.
    """

    function: str
    kind: str
    numbers: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two listings of one object: what differs, and how many functions do not.

    ``calls`` has the functions of the object that the code of each changed one refers to,
    before or after; ``own`` those that have code of their own before or after.
    """

    changes: tuple[CodeChange, ...]
    data: tuple[str, ...]
    identical: int
    calls: dict[str, dict[str, int]]
    own: tuple[str, ...]


def function_of(symbol: str) -> str:
    """The function of the source that a symbol of the object is a part of."""
    return _PART.sub("", symbol.removeprefix("."))


def list_code(elf: ElfObject, disassembly: str) -> Listing:
    """The listing of an object; ``disassembly`` is what ``objdump -dz`` wrote of it."""
    pieces = sorted(_pieces(elf, disassembly), key=lambda piece: stable(piece.name))
    functions: dict[str, list[str]] = {}
    for piece in pieces:
        own = functions.setdefault(function_of(piece.name), [])
        own.append(f"{stable(piece.name)}:")
        own.extend(piece.lines(elf))
    data = {
        stable(symbol.name): elf.digest(symbol)
        for symbol in elf.symbols
        if symbol.kind == "STT_OBJECT"
        and symbol.name == stable(symbol.name)
        and elf.has_contents(symbol.section)
    }
    return Listing({name: tuple(lines) for name, lines in functions.items()}, data)


def compare(before: Listing, after: Listing) -> Comparison:
    """What differs between two listings of the same source file."""
    names = sorted({*before.functions, *after.functions})
    changes = [
        change
        for name in names
        if (change := _change(name, before.functions.get(name), after.functions.get(name)))
    ]
    variables = sorted({*before.data, *after.data})
    return Comparison(
        changes=tuple(changes),
        data=tuple(name for name in variables if before.data.get(name) != after.data.get(name)),
        identical=len(names) - len(changes),
        calls={
            change.function: _calls(change.function, names, before, after) for change in changes
        },
        own=tuple(names),
    )


# -- reading objdump's text -------------------------------------------------------


@dataclass(slots=True)
class _Piece:
    """The instructions below one symbol: their addresses and texts."""

    name: str
    section: int
    start: int
    code: list[tuple[int, str]] = field(default_factory=list)
    end: int = 0

    def lines(self, elf: ElfObject) -> Iterator[str]:
        relocations = elf.relocations.get(self.section, {})
        ends = [address for address, _ in self.code[1:]] + [self.end]
        parts: list[str | int] = []
        shown: list[tuple[str, int | None, str]] = []
        for (address, text), end in zip(self.code, ends, strict=True):
            own = [relocations[at] for at in range(address, end) if at in relocations]
            shown.append(self._instruction(elf, text, address, end, own))
            parts.extend(at for _, at, _ in shown[-1:] if at is not None)
        labels = {at: f"L{number}" for number, at in enumerate(sorted(set(map(int, parts))))}
        for (address, _), (text, target, rest) in zip(self.code, shown, strict=True):
            if address in labels:
                yield f"{labels[address]}:"
            yield text.replace("*", labels[target], 1) + rest if target is not None else text + rest

    def _instruction(
        self, elf: ElfObject, text: str, address: int, end: int, own: Sequence[Relocation]
    ) -> tuple[str, int | None, str]:
        """An instruction, the address inside this piece that its ``*`` is, its references."""
        text = " ".join(_COMMENT.sub("", text).split())
        if own:
            references = "".join(f" {{{_reference(elf, one, address, end)}}}" for one in own)
            return _TARGET.sub("*", text), None, references
        found = _TARGET.search(text)
        if found is None:
            return _plain(text), None, ""
        target = int(found.group(1), 16)
        if self.start <= target < self.end:
            return _TARGET.sub("*", text), target, ""
        return _TARGET.sub("*", text), None, f" {{{elf.place(self.section, target)}}}"


def _reference(elf: ElfObject, one: Relocation, address: int, end: int) -> str:
    ahead = 0
    if one.kind.startswith(("R_X86_64_PC", "R_X86_64_PLT", "R_386_PC", "R_386_PLT")):
        ahead = end - one.offset
    elif one.kind.startswith("R_390_PC") or one.kind.startswith("R_390_PLT"):
        ahead = address - one.offset
    return f"{one.kind} {elf.label(one, ahead)}"


def _plain(text: str) -> str:
    """One spelling for what 32-bit ARM loads in several ways: ``mvn`` is ``mov`` of ``~n``."""
    if negated := _NEGATED.match(text):
        return f"mov{negated[1]} {negated[2]}#{~int(negated[3])}"
    return _WIDE.sub("mov ", text)


def _pieces(elf: ElfObject, disassembly: str) -> list[_Piece]:
    order = iter(sorted(elf.executable))
    sections = {
        name: [n for n in sorted(elf.executable) if elf.names[n] == name]
        for name in {elf.names[number] for number in order}
    }
    ends = _ends(elf.symbols)
    found: list[_Piece] = []
    section, piece = -1, None
    for line in disassembly.splitlines():
        if match := _INSTRUCTION.match(line):
            if piece is not None and (not piece.end or int(match[1], 16) < piece.end):
                piece.code.append((int(match[1], 16), match[2]))
        elif match := _HEADING.match(line):
            start = int(match[1], 16)
            if match[2].startswith(_PREFIX) or _CONSTRUCTOR.match(match[2]):
                piece = None
                continue
            piece = _Piece(match[2], section, start, end=ends.get((section, start), 0))
            found.append(piece)
        elif match := _SECTION.match(line):
            section, piece = sections[match[1]].pop(0), None
    for one in found:
        if not one.end and one.code:
            one.end = _next_start(found, one) or one.code[-1][0] + 1
    return [one for one in found if one.code]


def _ends(symbols: Sequence[Symbol]) -> Mapping[tuple[int, int], int]:
    return {
        (one.section, one.offset): one.offset + one.size
        for one in symbols
        if one.kind == "STT_FUNC" and one.size
    }


def _next_start(pieces: Sequence[_Piece], one: _Piece) -> int:
    later = (p.start for p in pieces if p.section == one.section and p.start > one.start)
    return min(later, default=0)


# -- comparing --------------------------------------------------------------------


def _change(
    name: str, before: tuple[str, ...] | None, after: tuple[str, ...] | None
) -> CodeChange | None:
    if before == after:
        return None
    if before is None or after is None:
        return CodeChange(name, "new" if before is None else "gone")
    if len(before) != len(after):
        return CodeChange(name, "instructions")
    numbers: dict[tuple[int, int], None] = {}
    for old, new in zip(before, after, strict=True):
        if old == new:
            continue
        (old_text, old_numbers), (new_text, new_numbers) = _masked(old), _masked(new)
        if old_text != new_text or len(old_numbers) != len(new_numbers):
            return CodeChange(name, "instructions")
        pairs = zip(old_numbers, new_numbers, strict=True)
        numbers.update(dict.fromkeys(pair for pair in pairs if pair[0] != pair[1]))
    return CodeChange(name, "immediates", tuple(numbers))


def _masked(line: str) -> tuple[str, list[int]]:
    """An instruction without its immediates, and these in order, with their sign.

    Offsets from a register are no immediates. Line numbers of variables in what KASAN
    knows of a stack frame are taken for such.
    """
    numbers: list[int] = []

    def take(match: re.Match[str]) -> str:
        numbers.append(_signed(int(match[1], 0)))
        return "#"

    text, brace, reference = line.partition(" {")
    parts = _BRACKETS.split(text)
    parts[::2] = [_NUMBER.sub(take, part) for part in parts[::2]]
    kind, _, label = reference.removesuffix("}").partition(" ")
    if _FRAME.match(label):
        reference = kind + re.sub(r"(?<=:)(\d+)", take, label)
    return "".join(parts) + brace + reference, numbers


def _signed(number: int) -> int:
    for bits in (32, 64):
        if 1 << (bits - 1) <= number < 1 << bits:
            return number - (1 << bits)
    return number


def _calls(name: str, names: Sequence[str], before: Listing, after: Listing) -> dict[str, int]:
    """How often the code of a function refers to others of its object, the higher count."""
    known = set(names)
    counts: dict[str, int] = {}
    for listing in (before, after):
        own: dict[str, int] = {}
        for line in listing.functions.get(name, ()):
            for label in re.findall(r"\{(?:R_\w+ )?([\w.$]+)", line):
                if (callee := function_of(label)) in known and label == callee:
                    own[callee] = own.get(callee, 0) + 1
        for callee, count in own.items():
            counts[callee] = max(count, counts.get(callee, 0))
    return counts
