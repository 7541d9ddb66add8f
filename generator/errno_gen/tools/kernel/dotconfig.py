# SPDX-License-Identifier: GPL-2.0-only
"""What a kernel's .config says: the symbols that are on, and the toolchain it was made with."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from errno_gen.tools.kernel.makefile import Condition

_SYMBOL = re.compile(r"^(CONFIG_\w+)=(.*)$", re.MULTILINE)
_BUILT = ("y", "m")


@dataclass(frozen=True, slots=True)
class DotConfig:
    """The values by symbol (with ``CONFIG_``), as they are spelt in the file."""

    values: Mapping[str, str]

    def enables(self, conditions: Sequence[Condition]) -> bool:
        """Whether it has all of ``conditions``; on means y or m."""
        return all((self.values.get(one.symbol) in _BUILT) == one.enabled for one in conditions)

    @property
    def toolchain(self) -> str:
        """Compiler, assembler and linker with their versions, as kbuild found them."""
        told = [self.values.get("CONFIG_CC_VERSION_TEXT", "").strip('"')]
        for name, key in (("as", "AS"), ("ld", "LD"), ("lld", "LLD")):
            number = self.values.get(f"CONFIG_{key}_VERSION", "")
            told += [f"{name} {_dotted(int(number))}"] if number.isdigit() and int(number) else []
        return ", ".join(part for part in told if part)


def read_config(path: Path) -> DotConfig:
    """The .config ``path``, read anew only when it changed. Raises OSError."""
    return _read(path, path.stat().st_mtime_ns)


@functools.lru_cache(maxsize=32)
def _read(path: Path, _changed: int) -> DotConfig:
    return DotConfig(dict(_SYMBOL.findall(path.read_text(encoding="utf-8", errors="replace"))))


def _dotted(number: int) -> str:
    """A version as kbuild counts it: 24001 is 2.40.1."""
    major, minor, patch = number // 10000, number // 100 % 100, number % 100
    return f"{major}.{minor}.{patch}" if patch else f"{major}.{minor}"
