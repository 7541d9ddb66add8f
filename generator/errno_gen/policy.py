# SPDX-License-Identifier: GPL-2.0-only
"""A policy: which callback, which errno for which cause, what is rewritten.

A policy is a TOML file; those that ship are in ``data/policies``. It knows no C and
no driver. Loading is strict: an unknown or missing key is an error that names the
file, the line and the key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from errno_gen.documents import Document, read_text
from errno_gen.errnos import errno_meanings
from errno_gen.errors import InputError
from errno_gen.model import Action, Cause, Mention, Verdict, with_changes
from errno_gen.resources import data_file

PROPAGATE = "propagate"
LEAVE = "leave"
CONVERT = "convert"
_HARMED = "Left alone: another errno would make that wrong."
_SPECIAL = {Cause.SWALLOWED: PROPAGATE, Cause.KAPI: CONVERT}
_TABLES = {
    *("schema", "name", "title", "callback", "causes", "scope", "wording", "prefixes", "rules"),
    "meanings",
}


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


@dataclass(frozen=True, slots=True)
class Policy:
    """A loaded policy.

    ``causes`` maps a cause to an errno name, ``"propagate"`` or ``"leave"``. For ``kapi`` the
    errno is what a reserved one of a kernel function is converted to, at the call. ``why`` is
    the reason for the convention, ``problem`` the one sentence of it for each changelog.
    ``prefixes`` are patterns of paths with the subject prefix for what they match, first come
    first served; elsewhere the history tells the prefix. Without ``rules`` nothing is said of
    the errnos in the kernel's documentation. ``meanings`` are errnos that say something of
    their own, and what: they stay. Those that every callback's errnos have are among them."""

    name: str
    title: str
    roles: Roles
    causes: dict[Cause, str]
    reserved: frozenset[str]
    rewrite_reserved: bool
    drop_prints: frozenset[Cause]
    why: str
    print_rule: str
    problem: str
    prefixes: tuple[tuple[str, str], ...] = ()
    rules: Rules | None = None
    meanings: Mapping[str, str] = field(default_factory=lambda: errno_meanings().own_meaning)

    @property
    def errno(self) -> str:
        """The errno of an incompatible domain, which callers ask for."""
        return self.causes[Cause.INCOMPATIBLE]

    def prefix_for(self, paths: Sequence[str]) -> str:
        """The subject prefix for a driver's files, if a pattern matches one; else ""."""
        matches = (
            prefix
            for pattern, prefix in self.prefixes
            if any(fnmatchcase(path, pattern) for path in paths)
        )
        return next(matches, "")

    def decide(self, verdict: Verdict, *, strict: bool = False) -> Verdict:
        """The verdict with ``wanted`` and ``action`` filled in from this policy.

        ``strict`` also rewrites errnos that are discouraged, not wrong. A verdict whose
        action is already ``review`` stays for review.
        """
        meaning = self._meaning(verdict)
        if meaning:
            return _kept(verdict, meaning)
        wanted = self.causes.get(verdict.cause)
        if verdict.cause is Cause.KAPI and not is_call(verdict):
            wanted = None  # converted already, by a constant
        if wanted in (None, LEAVE):
            review = verdict.cause is Cause.UNKNOWN or verdict.action is Action.REVIEW
            action = Action.REVIEW if review else Action.KEEP
            return with_changes(verdict, wanted=None, action=action, prints=())
        prints = verdict.prints if verdict.cause in self.drop_prints else ()
        action = self._action(verdict, str(wanted), bool(prints), strict)
        harmed = self.harmed(verdict) if action is Action.REWRITE else ()
        if harmed and verdict.decision is None:
            because = (*verdict.because, *(each.text for each in harmed), _HARMED)
            verdict, action = with_changes(verdict, because=because), Action.REVIEW
        if action not in (Action.REWRITE, Action.DROP_PRINT):
            prints = ()
        if verdict.cause in self.drop_prints and action is not Action.REVIEW:
            verdict = with_changes(verdict, because=(*verdict.because, *verdict.staying))
        return with_changes(verdict, wanted=wanted, action=action, prints=prints)

    def harmed(self, verdict: Verdict) -> tuple[Mention, ...]:
        """Who would be wrong if the errno of a verdict changed.

        A caller of the callback that asks for an errno of the policy asks by the convention,
        and is served better.
        """
        agreed = verdict.site.errno in {*self.reserved, *self.causes.values()}
        return tuple(
            each
            for each in verdict.mentions
            if each.harmed and not (each.kind == "core" and agreed)
        )

    def _meaning(self, verdict: Verdict) -> str:
        """What the errno says by itself, whatever the check; "" where that decides nothing.

        A person's decision overrules it.
        """
        errno, cause = verdict.site.errno, verdict.cause
        if is_call(verdict) or cause is Cause.UNKNOWN or verdict.decision is not None:
            return ""
        if errno in self.reserved or errno == self.causes.get(cause):
            return ""
        return self.meanings.get(errno, "")

    def _action(self, verdict: Verdict, wanted: str, prints: bool, strict: bool) -> Action:
        if verdict.action is Action.REVIEW:
            return Action.REVIEW
        if wanted == PROPAGATE:
            return Action.REWRITE if verdict.propagate else Action.REVIEW
        errno = verdict.site.errno
        if errno == wanted:
            return Action.DROP_PRINT if prints else Action.KEEP
        if verdict.cause in (Cause.INCOMPATIBLE, Cause.KAPI):
            return Action.REWRITE
        if errno in self.reserved and self.rewrite_reserved:
            return Action.REWRITE
        return Action.REWRITE if strict and self.rewrite_reserved else Action.DISCOURAGED


def _kept(verdict: Verdict, meaning: str) -> Verdict:
    """The verdict on an errno that stays for what it says: of the domain it says nothing."""
    soft = verdict.cause is Cause.INCOMPATIBLE
    cause = Cause.UNKNOWN if soft else verdict.cause
    action = Action.REVIEW if soft or verdict.action is Action.REVIEW else Action.KEEP
    told = f"{verdict.site.errno} says that {meaning}, so it stays."
    because = (*verdict.because, told)
    return with_changes(
        verdict, cause=cause, wanted=None, action=action, prints=(), because=because
    )


def is_call(verdict: Verdict) -> bool:
    """Whether the errno is made outside the driver: there is a call, and no constant."""
    return verdict.site.form == "call"


def shipped_policies() -> tuple[str, ...]:
    """Names of the policies that ship, sorted."""
    return tuple(sorted(path.stem for path in data_file("policies").glob("*.toml")))


def load_policy(name_or_file: str) -> Policy:
    """A shipped policy by name, or one from a TOML file by path.

    Raises InputError when it is unknown, unreadable or malformed.
    """
    if name_or_file in shipped_policies():
        path = data_file("policies", f"{name_or_file}.toml")
    else:
        path = Path(name_or_file)
        if "/" not in name_or_file and not path.is_file():
            known = ", ".join(shipped_policies())
            raise InputError(
                f"unknown policy '{name_or_file}'", f"use one of {known}, or the path of a file"
            )
    return parse_policy(read_text(path, "policy"), str(path))


def parse_policy(text: str, file: str) -> Policy:
    """The policy that ``text`` (TOML) describes; ``file`` is for messages only.

    Raises InputError with file, line and key.
    """
    return _Reader(text, "policy", file).policy()


class _Reader(Document):
    """Reads the tables of one policy document."""

    def policy(self) -> Policy:
        document = self.top
        self.known(document, _TABLES, "")
        if self.get(document, "schema", int, "") != 1:
            raise self.error("schema", "only schema 1 is understood")
        scope = self.get(document, "scope", dict, "")
        self.known(scope, {"reserved", "rewrite_reserved", "drop_prints"}, "scope")
        reserved = frozenset(
            self.errno(name, "scope.reserved") for name in self.strings(scope, "reserved", "scope")
        )
        causes = self._causes(self.get(document, "causes", dict, ""), reserved)
        wording = self.get(document, "wording", dict, "")
        self.known(wording, {"why", "problem", "print_rule"}, "wording")
        why = self._sentence(wording, "why")
        return Policy(
            name=self.get(document, "name", str, ""),
            title=self.get(document, "title", str, ""),
            roles=self._roles(self.get(document, "callback", dict, "")),
            causes=causes,
            reserved=reserved,
            rewrite_reserved=self.get(scope, "rewrite_reserved", bool, "scope"),
            drop_prints=frozenset(
                self.cause(name, "scope.drop_prints")
                for name in self.strings(scope, "drop_prints", "scope")
            ),
            why=why,
            print_rule=self._sentence(wording, "print_rule"),
            problem=self._sentence(wording, "problem") if "problem" in wording else why,
            prefixes=self._prefixes(document.get("prefixes", {})),
            rules=self._rules(document, causes),
            meanings={**errno_meanings().own_meaning, **self._said(document, "meanings")},
        )

    def _said(self, document: dict[str, Any], key: str) -> Mapping[str, str]:
        """The clauses of a table that may be left out, by errno."""
        found = self._sentences(document.get(key, {}), key)
        for name in found:
            self.errno(name, f"{key}.{name}")
        return found

    def _sentence(self, wording: dict[str, Any], key: str) -> str:
        return " ".join(self.get(wording, key, str, "wording").split())

    def _rules(self, document: dict[str, Any], wanted: dict[Cause, str]) -> Rules | None:
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

    def _prefixes(self, table: object) -> tuple[tuple[str, str], ...]:
        if not isinstance(table, dict):
            raise self.error("prefixes", "must be a table")
        for pattern in table:
            prefix = self.get(table, pattern, str, "prefixes")
            if not re.fullmatch(r"\S+(: \S+)*", prefix) or prefix.endswith(":"):
                problem = "must be a subject prefix, such as iommu/vt-d, without the colon"
                raise self.error(f"prefixes.{pattern}", problem)
        return tuple(table.items())

    def _roles(self, table: dict[str, Any]) -> Roles:
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

    def _causes(self, table: dict[str, Any], reserved: frozenset[str]) -> dict[Cause, str]:
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
