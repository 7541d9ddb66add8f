# SPDX-License-Identifier: GPL-2.0-only
"""TOML documents that people write, read strictly: policies and decision files.

An unknown key, a missing one and a value of the wrong kind are errors that name the
file, the line and the key. A place in a document is written as ``causes.busy``, or as
``decision[2].errno`` for the third table (from 0) of an array.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from errno_gen.errors import InputError
from errno_gen.model import Cause
from errno_gen.model.errnos import ERRNOS

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_INDEX = re.compile(r"\[\d+\]")
_KINDS = {
    str: "a string",
    int: "a number",
    bool: "true or false",
    dict: "a table",
    list: "a list",
}


def read_text(path: Path, what: str) -> str:
    """The text of a file; ``what`` names its kind in the InputError that says why not."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise InputError(f"cannot read the {what} {path}: {reason}") from error


class Document:
    """The text of one document, and checked access to its tables.

    ``what`` is the kind of the document and ``file`` its path, for messages only. Raises
    InputError if the text is not TOML; so does every method for what it does not accept.
    """

    def __init__(self, text: str, what: str, file: str) -> None:
        self._lines = text.split("\n")
        self._name = f"{what} {file}"
        try:
            self.top = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise InputError(f"{self._name} is not valid TOML: {error}") from error

    def get(self, table: dict[str, Any], key: str, kind: type, where: str) -> Any:
        """The value of a key that must be there and of that kind."""
        dotted = f"{where}.{key}" if where else key
        if key not in table:
            raise self.error(dotted, "is missing", line_of=where)
        value = table[key]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self.error(dotted, f"must be {_KINDS[kind]}")
        return value

    def known(self, table: dict[str, Any], keys: set[str], where: str) -> None:
        """Refuse all keys but these."""
        for key in table:
            if key not in keys:
                dotted = f"{where}.{key}" if where else key
                raise self.error(dotted, f"is unknown; known here: {', '.join(sorted(keys))}")

    def tables(self, table: dict[str, Any], key: str, where: str) -> list[dict[str, Any]]:
        """The tables of an array of tables."""
        values: list[Any] = self.get(table, key, list, where)
        if not all(isinstance(value, dict) for value in values):
            raise self.error(f"{where}.{key}" if where else key, "must be an array of tables")
        return values

    def strings(self, table: dict[str, Any], key: str, where: str) -> list[str]:
        """A list of strings."""
        values: list[str] = self.get(table, key, list, where)
        if not all(isinstance(value, str) for value in values):
            raise self.error(f"{where}.{key}", "must be a list of strings")
        return values

    def cause(self, name: str, where: str) -> Cause:
        """A cause by its name."""
        try:
            return Cause(name)
        except ValueError:
            known = ", ".join(Cause)
            raise self.error(where, f"'{name}' is no cause; the causes are {known}") from None

    def errno(self, name: str, where: str) -> str:
        """The name of an errno that Linux has."""
        if name not in ERRNOS:
            raise self.error(where, f"'{name}' is not the name of an errno")
        return name

    def identifier(self, name: str, where: str) -> str:
        """A name that C allows."""
        if not _IDENTIFIER.match(name):
            raise self.error(where, f"'{name}' is not a C identifier")
        return name

    def error(self, key: str, problem: str, line_of: str | None = None) -> InputError:
        """An error about a key, at its line or at that of ``line_of``."""
        line = self.line(key if line_of is None else line_of)
        return InputError(f"{self._name}, line {line}: '{_INDEX.sub('', key)}' {problem}")

    def line(self, dotted: str) -> int:
        """The line of a key (or of its table); 1 where the document does not show it."""
        table, _, key = dotted.rpartition(".")
        current, fallback = "", 1
        seen: dict[str, int] = {}
        for number, line in enumerate(self._lines, start=1):
            header = re.match(r"\s*(\[+)\s*([^\]]+?)\s*\]+", line)
            if header:
                current = header.group(2)
                if header.group(1) == "[[":
                    seen[current] = seen.get(current, -1) + 1
                    current += f"[{seen[current]}]"
                if dotted == header.group(2) or current in (dotted, table):
                    fallback = number
            elif current == table and re.match(rf'\s*"?{re.escape(key)}"?\s*=', line):
                return number
        return fallback
