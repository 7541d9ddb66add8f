# SPDX-License-Identifier: GPL-2.0-only
"""A policy: which callback, which errno for which cause, what is rewritten.

A policy is a TOML file; those that ship are in ``data/policies``. It knows no C and
no driver. Loading is strict: an unknown or missing key is an error that names the
file, the line and the key.
"""

from __future__ import annotations

import errno as _errno_module
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from errno_gen.errors import InputError
from errno_gen.model import Action, Cause, Verdict, with_changes
from errno_gen.resources import data_file

PROPAGATE = "propagate"
LEAVE = "leave"

# Linux errnos that user space, and so Python's errno module, does not know.
_KERNEL_ONLY = frozenset({"EPROBE_DEFER", "ENOTSUPP", "EOPENSTALE", "ENOPARAM", "ERESTARTSYS"})
_ERRNOS = frozenset(_errno_module.errorcode.values()) | _KERNEL_ONLY | {"EWOULDBLOCK"}
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A callback's parameter with a role: its position (from 0) and struct type."""

    role: str
    position: int
    type: str


@dataclass(frozen=True, slots=True)
class Roles:
    """What the analysis needs of a policy: the ops struct, its member, the parameters."""

    struct: str
    member: str
    parameters: tuple[Parameter, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """A loaded policy.

    ``causes`` maps a cause to an errno name, ``"propagate"`` or ``"leave"``.
    """

    name: str
    title: str
    roles: Roles
    causes: dict[Cause, str]
    reserved: frozenset[str]
    rewrite_reserved: bool
    drop_prints: frozenset[Cause]
    why: str
    print_rule: str

    def decide(self, verdict: Verdict, *, strict: bool = False) -> Verdict:
        """The verdict with ``wanted`` and ``action`` filled in from this policy.

        ``strict`` also rewrites errnos that are discouraged, not wrong. A verdict whose
        action is already ``review`` stays for review.
        """
        wanted = self.causes.get(verdict.cause)
        if wanted in (None, LEAVE):
            review = verdict.cause is Cause.UNKNOWN or verdict.action is Action.REVIEW
            action = Action.REVIEW if review else Action.KEEP
            return with_changes(verdict, wanted=None, action=action, prints=())
        prints = verdict.prints if verdict.cause in self.drop_prints else ()
        action = self._action(verdict, str(wanted), bool(prints), strict)
        if action not in (Action.REWRITE, Action.DROP_PRINT):
            prints = ()
        return with_changes(verdict, wanted=wanted, action=action, prints=prints)

    def _action(self, verdict: Verdict, wanted: str, prints: bool, strict: bool) -> Action:
        if verdict.action is Action.REVIEW:
            return Action.REVIEW
        if wanted == PROPAGATE:
            return Action.REWRITE if verdict.propagate else Action.REVIEW
        errno = verdict.site.errno
        if errno == wanted:
            return Action.DROP_PRINT if prints else Action.KEEP
        if verdict.cause is Cause.INCOMPATIBLE:
            return Action.REWRITE
        if errno in self.reserved and self.rewrite_reserved:
            return Action.REWRITE
        return Action.REWRITE if strict and self.rewrite_reserved else Action.DISCOURAGED


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
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise InputError(f"cannot read the policy {path}: {reason}") from error
    return parse_policy(text, str(path))


def parse_policy(text: str, file: str) -> Policy:
    """The policy that ``text`` (TOML) describes; ``file`` is for messages only.

    Raises InputError with file, line and key.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"policy {file} is not valid TOML: {error}") from error
    return _Reader(text, file).policy(document)


class _Reader:
    """Reads the tables of one policy document and complains with line and key."""

    def __init__(self, text: str, file: str) -> None:
        self._lines = text.splitlines()
        self._file = file

    def policy(self, document: dict[str, Any]) -> Policy:
        tables = {"schema", "name", "title", "callback", "causes", "scope", "wording"}
        self._known(document, tables, "")
        if self._get(document, "schema", int, "") != 1:
            raise self._error("schema", "only schema 1 is understood")
        causes = self._causes(self._get(document, "causes", dict, ""))
        scope = self._get(document, "scope", dict, "")
        self._known(scope, {"reserved", "rewrite_reserved", "drop_prints"}, "scope")
        wording = self._get(document, "wording", dict, "")
        self._known(wording, {"why", "print_rule"}, "wording")
        return Policy(
            name=self._get(document, "name", str, ""),
            title=self._get(document, "title", str, ""),
            roles=self._roles(self._get(document, "callback", dict, "")),
            causes=causes,
            reserved=frozenset(
                self._errno(name, "scope.reserved")
                for name in self._strings(scope, "reserved", "scope")
            ),
            rewrite_reserved=self._get(scope, "rewrite_reserved", bool, "scope"),
            drop_prints=frozenset(
                self._cause(name, "scope.drop_prints")
                for name in self._strings(scope, "drop_prints", "scope")
            ),
            why=" ".join(self._get(wording, "why", str, "wording").split()),
            print_rule=" ".join(self._get(wording, "print_rule", str, "wording").split()),
        )

    def _roles(self, table: dict[str, Any]) -> Roles:
        self._known(table, {"struct", "member", "parameters"}, "callback")
        parameters = []
        for entry in self._get(table, "parameters", list, "callback"):
            if not isinstance(entry, dict):
                raise self._error("callback.parameters", "must be an array of tables")
            where = "callback.parameters"
            self._known(entry, {"role", "position", "type"}, where)
            role = self._get(entry, "role", str, where)
            if role not in ("domain", "device"):
                raise self._error(f"{where}.role", f"'{role}' is neither domain nor device")
            position = self._get(entry, "position", int, where)
            if position < 0:
                raise self._error(f"{where}.position", "counts from 0")
            kind = self._identifier(self._get(entry, "type", str, where), f"{where}.type")
            parameters.append(Parameter(role, position, kind))
        if sorted(p.role for p in parameters) != ["device", "domain"]:
            raise self._error("callback.parameters", "needs one domain and one device")
        if len({p.position for p in parameters}) != len(parameters):
            raise self._error("callback.parameters.position", "two roles at one position")
        return Roles(
            struct=self._identifier(self._get(table, "struct", str, "callback"), "callback.struct"),
            member=self._identifier(self._get(table, "member", str, "callback"), "callback.member"),
            parameters=tuple(parameters),
        )

    def _causes(self, table: dict[str, Any]) -> dict[Cause, str]:
        causes: dict[Cause, str] = {}
        for key in table:
            cause = self._cause(key, f"causes.{key}")
            value = self._get(table, key, str, "causes")
            if cause is Cause.UNKNOWN:
                raise self._error(f"causes.{key}", "an unknown cause is never rewritten")
            special = {LEAVE, PROPAGATE} if cause is Cause.SWALLOWED else {LEAVE}
            causes[cause] = value if value in special else self._errno(value, f"causes.{key}")
        missing = [c for c in Cause if c is not Cause.UNKNOWN and c not in causes]
        if missing:
            raise self._error("causes", f"no errno for the cause '{missing[0]}'")
        return causes

    def _cause(self, name: str, where: str) -> Cause:
        try:
            return Cause(name)
        except ValueError:
            known = ", ".join(Cause)
            raise self._error(where, f"'{name}' is no cause; the causes are {known}") from None

    def _errno(self, name: str, where: str) -> str:
        if name not in _ERRNOS:
            raise self._error(where, f"'{name}' is not the name of an errno")
        return name

    def _identifier(self, name: str, where: str) -> str:
        if not _IDENTIFIER.match(name):
            raise self._error(where, f"'{name}' is not a C identifier")
        return name

    def _strings(self, table: dict[str, Any], key: str, where: str) -> list[str]:
        values: list[str] = self._get(table, key, list, where)
        if not all(isinstance(value, str) for value in values):
            raise self._error(f"{where}.{key}", "must be a list of strings")
        return values

    def _get(self, table: dict[str, Any], key: str, kind: type, where: str) -> Any:
        dotted = f"{where}.{key}" if where else key
        if key not in table:
            raise self._error(dotted, "is missing", line_of=where)
        value = table[key]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            names = {str: "a string", int: "a number", bool: "true or false"}
            what = names.get(kind, "a table" if kind is dict else "a list")
            raise self._error(dotted, f"must be {what}")
        return value

    def _known(self, table: dict[str, Any], keys: set[str], where: str) -> None:
        for key in table:
            if key not in keys:
                dotted = f"{where}.{key}" if where else key
                raise self._error(dotted, f"is unknown; known here: {', '.join(sorted(keys))}")

    def _error(self, key: str, problem: str, line_of: str | None = None) -> InputError:
        line = self._line(key if line_of is None else line_of)
        return InputError(f"policy {self._file}, line {line}: '{key}' {problem}")

    def _line(self, dotted: str) -> int:
        """The line of a key (or of its table); 1 where the document does not show it."""
        table, _, key = dotted.rpartition(".")
        current = ""
        fallback = 1
        for number, line in enumerate(self._lines, start=1):
            header = re.match(r"\s*\[+\s*([^\]]+?)\s*\]+", line)
            if header:
                current = header.group(1)
                if current in (dotted, table):
                    fallback = number
            elif current == table and re.match(rf'\s*"?{re.escape(key)}"?\s*=', line):
                return number
        return fallback
