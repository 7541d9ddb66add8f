# SPDX-License-Identifier: GPL-2.0-only
"""The tables of a policy document: what each says, and how it is read.

Knows the keys of each table and what may stand there; what a policy makes of a verdict is
:mod:`.policy`'s business. Every reader raises InputError with file, line and key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from errno_gen.documents import Document
from errno_gen.model import Cause, Fate

PROPAGATE = "propagate"
LEAVE = "leave"
CONVERT = "convert"
_SPECIAL = {Cause.SWALLOWED: PROPAGATE, Cause.KAPI: CONVERT}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A callback's parameter with a role: its position (from 0) and struct type.

    ``kind`` is the member that tells which kind of object it is, "" where there is none.
    """

    role: str
    position: int
    type: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A struct of operations, and its member that is the callback."""

    struct: str
    member: str


@dataclass(frozen=True, slots=True)
class Roles:
    """What the analysis needs of a policy: the ops struct, its member, the parameters.

    ``parameters`` are those with a role; the callback may have more. ``others`` are the
    tables that have the callback in other versions of the kernel.
    """

    struct: str
    member: str
    parameters: tuple[Parameter, ...]
    others: tuple[Table, ...] = ()

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every table that may have the callback, the policy's first one first."""
        return (Table(self.struct, self.member), *self.others)

    def within(self, tables: Sequence[Table]) -> Roles:
        """The same for these tables alone, of which there must be one."""
        first, *others = tables
        return Roles(first.struct, first.member, self.parameters, tuple(others))


@dataclass(frozen=True, slots=True)
class Rules:
    """What the kernel's own documentation shall say of the callback's errnos.

    ``causes`` are clauses that say what a cause means, ``others`` a sentence on all other
    errnos. For functions that have no documentation at all, ``summary`` says what they do,
    and ``parameters`` what a parameter is, by the tag of the struct that it points to.
    """

    causes: dict[Cause, str]
    others: str
    summary: str
    parameters: dict[str, str]


class Tables(Document):
    """The tables of one policy document."""

    def said(self, document: dict[str, Any], key: str) -> Mapping[str, str]:
        """The clauses of a table that may be left out, by errno."""
        found = self._sentences(document.get(key, {}), key)
        for name in found:
            self.errno(name, f"{key}.{name}")
        return found

    def sentence(self, wording: dict[str, Any], key: str) -> str:
        return " ".join(self.get(wording, key, str, "wording").split())

    def rules(self, document: dict[str, Any], wanted: dict[Cause, str]) -> Rules | None:
        if "rules" not in document:
            return None
        table = self.get(document, "rules", dict, "")
        self.known(table, {"causes", "others", "summary", "parameters"}, "rules")
        told = self._sentences(self.get(table, "causes", dict, "rules"), "rules.causes")
        causes = {self.cause(key, f"rules.causes.{key}"): text for key, text in told.items()}
        for cause, errno in wanted.items():
            if errno not in (LEAVE, PROPAGATE) and cause not in (Cause.KAPI, *causes):
                raise self.error("rules.causes", f"does not say what '{cause}' means")
        parameters = self._sentences(table.get("parameters", {}), "rules.parameters")
        for tag in parameters:
            self.identifier(tag, f"rules.parameters.{tag}")
        return Rules(
            causes=causes,
            others=" ".join(self.get(table, "others", str, "rules").split()),
            summary=" ".join(self.get(table, "summary", str, "rules").split()),
            parameters=parameters,
        )

    def _sentences(self, table: object, where: str) -> dict[str, str]:
        """The texts of a table, each on one line."""
        if not isinstance(table, dict):
            raise self.error(where, "must be a table")
        return {key: " ".join(self.get(table, key, str, where).split()) for key in table}

    def messages(self, document: dict[str, Any], scope: dict[str, Any]) -> dict[Cause, Fate]:
        """What becomes of messages, by cause; ``scope.drop_prints`` lists causes of ``drop``."""
        if "messages" not in document:
            names = self.strings(scope, "drop_prints", "scope")
            return {self.cause(name, "scope.drop_prints"): Fate.DROP for name in names}
        if "drop_prints" in scope:
            raise self.error("scope.drop_prints", "is said by the table messages already")
        table = self.get(document, "messages", dict, "")
        return {self.cause(key, f"messages.{key}"): self._fate(table, key) for key in table}

    def _fate(self, table: dict[str, Any], key: str) -> Fate:
        word = self.get(table, key, str, "messages")
        if word not in tuple(Fate):
            known = ", ".join(Fate)
            raise self.error(f"messages.{key}", f"'{word}' is none of {known}")
        return Fate(word)

    def prefixes(self, table: object) -> tuple[tuple[str, str], ...]:
        if not isinstance(table, dict):
            raise self.error("prefixes", "must be a table")
        for pattern in table:
            prefix = self.get(table, pattern, str, "prefixes")
            if not re.fullmatch(r"\S+(: \S+)*", prefix) or prefix.endswith(":"):
                problem = "must be a subject prefix, such as iommu/vt-d, without the colon"
                raise self.error(f"prefixes.{pattern}", problem)
        return tuple(table.items())

    def roles(self, table: dict[str, Any]) -> Roles:
        self.known(table, {"struct", "member", "tables", "parameters"}, "callback")
        parameters: list[Parameter] = []
        positions: list[int] = []
        for index, entry in enumerate(self.tables(table, "parameters", "callback")):
            where = f"callback.parameters[{index}]"
            self.known(entry, {"role", "position", "type", "kind"}, where)
            position = self.get(entry, "position", int, where)
            if position < 0:
                raise self.error(f"{where}.position", "counts from 0")
            positions.append(position)
            kind = self.identifier(self.get(entry, "type", str, where), f"{where}.type")
            if "role" not in entry:
                continue  # it is there, and decides nothing
            role = self.get(entry, "role", str, where)
            if role not in ("domain", "device"):
                raise self.error(f"{where}.role", f"'{role}' is neither domain nor device")
            told = self.get(entry, "kind", str, where) if "kind" in entry else ""
            if told:
                self.identifier(told, f"{where}.kind")
            parameters.append(Parameter(role, position, kind, told))
        if sorted(p.role for p in parameters) != ["device", "domain"]:
            raise self.error("callback.parameters", "needs one domain and one device")
        if len(set(positions)) != len(positions):
            raise self.error("callback.parameters.position", "two parameters at one position")
        first, *others = self._ops_tables(table)
        return Roles(first.struct, first.member, tuple(parameters), tuple(others))

    def _ops_tables(self, table: dict[str, Any]) -> list[Table]:
        """The one table that ``struct`` and ``member`` name, or those of ``tables``."""
        if "tables" not in table:
            return [self._ops_table(table, "callback")]
        for key in ("struct", "member"):
            if key in table:
                raise self.error(f"callback.{key}", "is said by callback.tables already")
        found = []
        for index, entry in enumerate(self.tables(table, "tables", "callback")):
            where = f"callback.tables[{index}]"
            self.known(entry, {"struct", "member"}, where)
            found.append(self._ops_table(entry, where))
        if not found or len(set(found)) != len(found):
            raise self.error("callback.tables", "must name one table or several different ones")
        return found

    def _ops_table(self, entry: dict[str, Any], where: str) -> Table:
        return Table(
            struct=self.identifier(self.get(entry, "struct", str, where), f"{where}.struct"),
            member=self.identifier(self.get(entry, "member", str, where), f"{where}.member"),
        )

    def causes(self, table: dict[str, Any], reserved: frozenset[str]) -> dict[Cause, str]:
        causes: dict[Cause, str] = {}
        for key in table:
            cause = self.cause(key, f"causes.{key}")
            value = self.get(table, key, str, "causes")
            if cause is Cause.UNKNOWN:
                raise self.error(f"causes.{key}", "an unknown cause is never rewritten")
            special = {LEAVE, _SPECIAL.get(cause, LEAVE)}
            causes[cause] = value if value in special else self.errno(value, f"causes.{key}")
        missing = [c for c in Cause if c is not Cause.UNKNOWN and c not in causes]
        if missing:
            raise self.error("causes", f"no errno for the cause '{missing[0]}'")
        causes[Cause.KAPI] = self._converted(causes, reserved)
        return causes

    def _converted(self, causes: dict[Cause, str], reserved: frozenset[str]) -> str:
        """What a reserved errno of a kernel function becomes, or ``"leave"``."""
        value = causes[Cause.KAPI]
        if value == CONVERT:
            value = causes[Cause.DEVICE]
            if value == LEAVE:
                problem = "'convert' takes the errno of 'device', which has none; give an errno"
                raise self.error("causes.kapi", problem)
        if value in reserved:
            problem = f"would convert a reserved errno to {value}, which is reserved itself"
            raise self.error("causes.kapi", problem)
        return value
