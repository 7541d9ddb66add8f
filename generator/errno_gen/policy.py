# SPDX-License-Identifier: GPL-2.0-only
"""A policy: which callback, which errno for which cause, what is rewritten.

A policy is a TOML file; those that ship are in ``data/policies``. It knows no C and
no driver. Loading is strict: an unknown or missing key is an error that names the
file, the line and the key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from errno_gen.documents import read_text
from errno_gen.errnos import errno_meanings
from errno_gen.errors import InputError
from errno_gen.model import (
    TO_CHANGE,
    Action,
    Cause,
    Fate,
    Location,
    Mention,
    Verdict,
    with_changes,
)
from errno_gen.policytables import LEAVE, PROPAGATE, Roles, Rules, Tables
from errno_gen.resources import data_file

_HARMED = "Left alone: another errno would make that wrong."
_TABLES = {
    *("schema", "name", "title", "callback", "causes", "scope", "wording", "prefixes", "rules"),
    *("meanings", "messages"),
}
_ONLY = {Fate.DROP: Action.DROP_PRINT, Fate.DEBUG: Action.DEBUG_PRINT}


@dataclass(frozen=True, slots=True)
class Policy:
    """A loaded policy.

    ``causes`` maps a cause to an errno name, ``"propagate"`` or ``"leave"``. For ``kapi`` the
    errno is what a reserved one of a kernel function is converted to, at the call. ``messages``
    tells what becomes of those next to an errno of a cause; they stay if it does not. ``why`` is
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
    messages: Mapping[Cause, Fate]
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

    def fate(self, cause: Cause) -> Fate:
        """What becomes of the messages next to an errno of a cause."""
        return self.messages.get(cause, Fate.KEEP)

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
        fate = self.fate(verdict.cause)
        prints, staying = _messages(verdict, fate)
        only = _ONLY[fate] if prints else Action.KEEP
        action = self._action(verdict, str(wanted), only, strict)
        harmed = self.harmed(verdict) if action is Action.REWRITE else ()
        if harmed and verdict.decision is None:
            because = (*verdict.because, *(each.text for each in harmed), _HARMED)
            verdict, action = with_changes(verdict, because=because), Action.REVIEW
        if action not in TO_CHANGE:
            prints = ()
        if action is not Action.REVIEW:
            verdict = with_changes(verdict, because=(*verdict.because, *staying))
        return with_changes(verdict, wanted=wanted, action=action, prints=prints, messages=fate)

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

    def _action(self, verdict: Verdict, wanted: str, only: Action, strict: bool) -> Action:
        """What is done; ``only`` is that where the errno is right."""
        if verdict.action is Action.REVIEW:
            return Action.REVIEW
        if wanted == PROPAGATE:
            return Action.REWRITE if verdict.propagate else Action.REVIEW
        errno = verdict.site.errno
        if errno == wanted:
            return only
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


def _messages(verdict: Verdict, fate: Fate) -> tuple[tuple[Location, ...], tuple[str, ...]]:
    """The messages of a way out that change, and sentences on those that should and cannot."""
    if fate is Fate.DROP:
        return verdict.prints, verdict.staying
    return (verdict.printers, verdict.audible) if fate is Fate.DEBUG else ((), ())


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


class _Reader(Tables):
    """Reads one policy document."""

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
        causes = self.causes(self.get(document, "causes", dict, ""), reserved)
        wording = self.get(document, "wording", dict, "")
        self.known(wording, {"why", "problem", "print_rule"}, "wording")
        why = self.sentence(wording, "why")
        return Policy(
            name=self.get(document, "name", str, ""),
            title=self.get(document, "title", str, ""),
            roles=self.roles(self.get(document, "callback", dict, "")),
            causes=causes,
            reserved=reserved,
            rewrite_reserved=self.get(scope, "rewrite_reserved", bool, "scope"),
            messages=self.messages(document, scope),
            why=why,
            print_rule=self.sentence(wording, "print_rule"),
            problem=self.sentence(wording, "problem") if "problem" in wording else why,
            prefixes=self.prefixes(document.get("prefixes", {})),
            rules=self.rules(document, causes),
            meanings={**errno_meanings().own_meaning, **self.said(document, "meanings")},
        )
