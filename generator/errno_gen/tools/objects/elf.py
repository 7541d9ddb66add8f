# SPDX-License-Identifier: GPL-2.0-only
"""What the bytes of a relocatable object refer to, by name instead of by address.

Names that a compiler numbers (``__key.7``, ``foo.isra.0``) lose their number and addresses
lose their value: both move whenever something else in the file comes or goes.
"""

from __future__ import annotations

import bisect
import functools
import hashlib
import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from elftools.common.exceptions import ELFError
from elftools.elf.constants import SH_FLAGS
from elftools.elf.descriptions import describe_reloc_type
from elftools.elf.elffile import ELFFile
from elftools.elf.relocation import RelocationSection
from elftools.elf.sections import SymbolTableSection

Order = Literal["little", "big"]

_NUMBER = re.compile(r"\.\d+(?=\.|$)")
_COUNTED = re.compile(
    r"^(?:__UNIQUE_ID_|__initcall__|__addressable_|___ADDRESSABLE_|__already_done)"
)
_STATIC = re.compile(r"\.\d+$")
_TEXT = re.compile(rb"[\x01\t\n\r\x1b -~\x80-\xff]*\0")
_IN_PLACE_BYTES = 4
_LONGEST_STRING = 4096
# Const data, and initial values of variables. Other sections (__dyndbg, __jump_table,
# __bug_table ...) are lists of places in the code, with line numbers.
_CONTENTS = (".rodata", ".data")
_NO_CONTENTS = (".data.once", ".data..percpu")


class NotElfError(ValueError):
    """The file is no object that can be read; the text says why."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A symbol with a place: its section's number, offset and size there."""

    name: str
    section: int
    offset: int
    size: int
    kind: str


@dataclass(frozen=True, slots=True)
class Relocation:
    """What goes into a section at ``offset``: a symbol's address and ``addend``.

    ``section`` and ``value`` are the symbol's place, None and 0 for one of another object;
    with ``in_place`` the field itself holds the addend, which is read for data only.
    """

    offset: int
    kind: str
    symbol: str
    section: int | None
    value: int
    addend: int
    in_place: bool


@dataclass(slots=True)
class ElfObject:
    """A relocatable object. Made by :func:`read_elf`."""

    names: list[str]
    sizes: list[int]
    executable: frozenset[int]
    contents: dict[int, bytes]
    symbols: tuple[Symbol, ...]
    relocations: dict[int, dict[int, Relocation]]
    _index: dict[int, list[Symbol]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        index: dict[int, list[Symbol]] = defaultdict(list)
        for symbol in self.symbols:
            index[symbol.section].append(symbol)
        for own in index.values():
            own.sort(key=lambda one: (one.offset, one.size))
        self._index = dict(index)

    @property
    def executable_bytes(self) -> int:
        """How much code there is."""
        return sum(self.sizes[number] for number in self.executable)

    def covering(self, section: int, offset: int) -> Symbol | None:
        """The symbol of some size that holds a place, the innermost if several do."""
        own = self._index.get(section, [])
        at = bisect.bisect_right(own, offset, key=lambda one: one.offset)
        near = (own[number] for number in range(at - 1, max(at - 9, -1), -1))
        return next((one for one in near if offset < one.offset + one.size), None)

    def label(self, relocation: Relocation, ahead: int = 0, *, deep: bool = True) -> str:
        """What a relocation refers to, in words that do not move.

        ``ahead`` is added to the addend: where the instruction pointer is by the time the
        field counts. With ``deep`` a reference to a local static or to unnamed constant
        data says what is in there.
        """
        if relocation.section is None:
            return _with_offset(stable(relocation.symbol), relocation.addend + ahead)
        offset = relocation.value + relocation.addend + ahead
        return self.place(relocation.section, offset, deep=deep)

    def place(self, section: int, offset: int, *, deep: bool = True) -> str:
        """The name of a place in a section."""
        name = self.names[section]
        symbol = self.covering(section, offset)
        if symbol is None:
            text = self._string(section, offset)
            return f'"{text}"' if text is not None else name
        inside = _with_offset(stable(symbol.name), offset - symbol.offset)
        if deep and _STATIC.search(symbol.name) and self.has_contents(section):
            return f"{inside}={self.digest(symbol)}"
        return inside

    def has_contents(self, section: int) -> bool:
        """Whether the section holds data whose values are part of the program."""
        return _has_contents(self.names[section])

    def digest(self, symbol: Symbol) -> str:
        """What stands for the contents of data, with all that it refers to."""
        data = self.contents.get(symbol.section)
        sha = hashlib.sha256(str(symbol.size).encode())
        if data is not None:
            own = bytearray(data[symbol.offset : symbol.offset + symbol.size])
            relocations = self.relocations.get(symbol.section, {})
            for offset in range(symbol.offset, symbol.offset + symbol.size):
                if (relocation := relocations.get(offset)) is not None:
                    label = self.label(relocation, deep=False)
                    sha.update(f"{offset - symbol.offset} {label}\n".encode())
                    if relocation.in_place:
                        inside = offset - symbol.offset
                        own[inside : inside + _IN_PLACE_BYTES] = bytes(_IN_PLACE_BYTES)
            sha.update(own)
        return sha.hexdigest()[:12]

    def _string(self, section: int, offset: int) -> str | None:
        if not self.names[section].startswith(".rodata"):
            return None
        data = self.contents.get(section, b"")
        found = _TEXT.match(data, offset, offset + _LONGEST_STRING) if offset >= 0 else None
        return found.group()[:-1].decode("latin-1") if found and offset < len(data) else None


def stable(name: str) -> str:
    """A symbol's name without the numbers that a compiler counts."""
    name = _NUMBER.sub("", name)
    return re.sub(r"\d+", "#", name) if _COUNTED.match(name) else name


def read_elf(path: Path) -> ElfObject:
    """The object in a file. Raises NotElfError when it is none."""
    try:
        with path.open("rb") as stream:
            return _read(ELFFile(stream))
    except (ELFError, OSError, ValueError) as error:
        raise NotElfError(str(error) or type(error).__name__) from error


def _read(elf: Any) -> ElfObject:
    sections = list(elf.iter_sections())
    table = next((one for one in sections if isinstance(one, SymbolTableSection)), None)
    if table is None:
        raise NotElfError("it has no symbols")
    every = list(table.iter_symbols())

    @functools.cache
    def kind_of(number: int) -> str:
        return str(describe_reloc_type(number, elf))

    contents: dict[int, bytes] = {}
    executable: set[int] = set()
    relocations: dict[int, dict[int, Relocation]] = {}
    for number, section in enumerate(sections):
        flags = section["sh_flags"]
        if flags & SH_FLAGS.SHF_EXECINSTR:
            executable.add(number)
        elif flags & SH_FLAGS.SHF_ALLOC and section["sh_type"] == "SHT_PROGBITS":
            contents[number] = section.data()
        if isinstance(section, RelocationSection) and _counts(sections[section["sh_info"]]):
            data = contents.get(section["sh_info"])
            order: Order = "little" if elf.little_endian else "big"
            relocations[section["sh_info"]] = {
                entry["r_offset"]: _relocation(
                    entry, kind_of(entry["r_info_type"]), every, data, order
                )
                for entry in section.iter_relocations()
            }
    return ElfObject(
        names=[section.name for section in sections],
        sizes=[section["sh_size"] for section in sections],
        executable=frozenset(executable),
        contents=contents,
        symbols=tuple(_symbols(every)),
        relocations=relocations,
    )


def _counts(section: Any) -> bool:
    """Whether it matters what a section refers to: all others are lists of places."""
    code = section["sh_flags"] & SH_FLAGS.SHF_EXECINSTR
    return bool(code) or _has_contents(section.name)


def _has_contents(name: str) -> bool:
    return name.startswith(_CONTENTS) and not name.startswith(_NO_CONTENTS)


def _symbols(every: list[Any]) -> list[Symbol]:
    return [
        Symbol(
            symbol.name,
            symbol["st_shndx"],
            symbol["st_value"],
            symbol["st_size"],
            symbol["st_info"]["type"],
        )
        for symbol in every
        if isinstance(symbol["st_shndx"], int)
        and symbol["st_shndx"]
        and symbol.name
        and not symbol.name.startswith(".L")
        and symbol["st_info"]["type"] not in ("STT_SECTION", "STT_FILE")
    ]


def _relocation(
    entry: Any, kind: str, every: list[Any], data: bytes | None, order: Order
) -> Relocation:
    symbol = every[entry["r_info_sym"]]
    section = symbol["st_shndx"]
    offset = entry["r_offset"]
    if entry.is_RELA():
        addend = entry["r_addend"]
    else:
        field_ = data[offset : offset + _IN_PLACE_BYTES] if data is not None else b""
        addend = int.from_bytes(field_, order, signed=True)
    return Relocation(
        offset=offset,
        kind=kind,
        symbol=symbol.name,
        section=section if isinstance(section, int) else None,
        value=symbol["st_value"],
        addend=addend,
        in_place=not entry.is_RELA(),
    )


def _with_offset(name: str, offset: int) -> str:
    return f"{name}{offset:+#x}" if offset else name
