# SPDX-License-Identifier: GPL-2.0-only
"""Decisions: what a person settled or overruled, with a reason that goes into the changelog.

A decision file is TOML, one ``[[decision]]`` for each decision. A site is known by its
function, its errno and the text of its innermost guard, never by its line, so that a
decision survives edits elsewhere. Loading is strict, as for a policy.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from errno_gen.documents import Document, read_text
from errno_gen.errors import InputError
from errno_gen.model import (
    SUCCESS,
    UNKNOWN_ERRNO,
    Action,
    Cause,
    Failure,
    Guard,
    StaleDecision,
    Verdict,
    with_changes,
)

KEEP = "keep"
WHAT = "decision file"

_KEYS = {"driver", "function", "errno", "guard", "call", "cause", "action", "reason"}


@dataclass(frozen=True, slots=True)
class Decision:
    """What the sites that match mean; with ``cause`` None they are left alone.

    ``guard`` is the innermost guard with white space folded, "" for none; ``driver`` None
    matches in all drivers; ``call`` is the function outside the driver that returns the
    errno, and None matches whatever makes it; ``line`` is where it stands in its file.
    """

    function: str
    errno: str
    guard: str
    cause: Cause | None
    reason: str
    driver: str | None = None
    line: int = 0
    call: str | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What identifies a site, whatever the white space."""
        return _key(self.function, self.errno, self.guard)

    def overlaps(self, other: Decision) -> bool:
        """Whether both can be about one site."""
        drivers, calls = {self.driver, other.driver}, {self.call, other.call}
        return self.key == other.key and all(
            len(both) == 1 or None in both for both in (drivers, calls)
        )

    def applied(self, verdict: Verdict) -> Verdict:
        """The verdict with the decided cause, for the policy to act upon, and the reason.

        What the analysis says for another cause, or against settling the site, is dropped.
        A site that is left alone has its action already.
        """
        if self.cause is None:
            because = (self.reason, *verdict.because)
            kept = {"action": Action.KEEP, "wanted": None, "prints": ()}
            return with_changes(verdict, because=because, decision=self.reason, **kept)
        if self.cause is verdict.cause and verdict.action is not Action.REVIEW:
            because = (self.reason, *verdict.because)
            return with_changes(verdict, because=because, decision=self.reason)
        settled = with_changes(
            verdict,
            cause=self.cause,
            rule="decision",
            because=(self.reason,),
            action=Action.KEEP,
            decision=self.reason,
        )
        if self.cause is verdict.cause:
            return settled
        # How a callee's code is handed on was found for another cause.
        split = None if verdict.split is not None and verdict.split.needed else verdict.split
        return with_changes(settled, propagate=None, split=split)


@dataclass(frozen=True, slots=True)
class Decisions:
    """The decisions of one file, in its order; none by default."""

    file: str = ""
    items: tuple[Decision, ...] = ()

    def about(
        self, driver: str, function: str, errno: str, guard: tuple[Guard, ...], call: str = ""
    ) -> Decision | None:
        """The decision about a site, or None; of several that agree the first in the file.

        One about a half of a condition goes before one about the whole condition. ``call``
        is the function outside the driver that makes the errno, "" for none.
        """
        keys = _keys(function, errno, guard)
        found = (i for key in keys for i in self.items if i.key == key)
        own = (i for i in found if i.driver in (None, driver))
        return next((i for i in own if i.call in (None, call)), None)

    def names(self, driver: str, function: str, errno: str, guard: str) -> bool:
        """Whether a decision is about sites of a function and errno with just this guard."""
        key = _key(function, errno, guard)
        return any(item.key == key and item.driver in (None, driver) for item in self.items)

    def stale(
        self,
        verdicts: Iterable[Verdict],
        drivers: Collection[str] = (),
        failures: Collection[Failure] = (),
    ) -> tuple[StaleDecision, ...]:
        """The decisions that match nothing.

        ``drivers`` are those that were looked at (none: all of them) and ``failures`` those
        that could not be: of a decision that may match elsewhere nothing is said.
        """
        keys: dict[tuple[str, str, str], set[tuple[str, str]]] = {}
        for verdict in verdicts:
            site = verdict.site
            for key in _keys(site.function, site.errno, verdict.guard):
                keys.setdefault(key, set()).add((verdict.driver, verdict.callee))
        failed = {failure.driver for failure in failures}
        stale = []
        for item in self.items:
            sites = keys.get(item.key, set())
            found = {driver for driver, call in sites if item.call in (None, call)}
            if item.driver is None:
                matched, unseen = bool(found), bool(drivers or failed)
            else:
                matched = item.driver in found
                unseen = item.driver in failed or (bool(drivers) and item.driver not in drivers)
            if not matched and not unseen:
                stale.append(
                    StaleDecision(
                        self.file, item.line, item.driver, item.function, item.errno, item.guard
                    )
                )
        return tuple(stale)


NO_DECISIONS = Decisions()


def guard_text(guard: tuple[Guard, ...]) -> str:
    """The innermost of a site's guards as a decision has it; "" for none."""
    return _folded(str(guard[0])) if guard else ""


def site_key(verdict: Verdict) -> tuple[str, str, str]:
    """What identifies a verdict's site: function, errno, guard."""
    return _key(verdict.site.function, verdict.site.errno, guard_text(verdict.guard))


def default_file(common_dir: Path) -> Path:
    """Where a repository's decisions are kept: below its git directory."""
    return common_dir / "errno-gen" / "decisions.toml"


def load_decisions(path: Path) -> Decisions:
    """The decisions of a file. Raises InputError when it is unreadable or malformed."""
    return parse_decisions(read_text(path, WHAT), str(path))


def parse_decisions(text: str, file: str) -> Decisions:
    """The decisions that ``text`` (TOML) describes; an empty text describes none.

    Raises InputError with file, line and key, and where two decisions contradict each
    other with both lines.
    """
    return _Reader(text, WHAT, file).decisions(file)


def decision_text(fields: Mapping[str, str | None]) -> str:
    """A ``[[decision]]`` with these keys, as TOML, ending in a newline; None is left out."""
    lines = [f"{key} = {_quoted(value)}\n" for key, value in fields.items() if value is not None]
    return "".join(["[[decision]]\n", *lines])


class _Reader(Document):
    """Reads the tables of one decision file."""

    def decisions(self, file: str) -> Decisions:
        self.known(self.top, {"schema", "decision"}, "")
        if "schema" in self.top and self.get(self.top, "schema", int, "") != 1:
            raise self.error("schema", "only schema 1 is understood")
        tables = self.tables(self.top, "decision", "") if "decision" in self.top else []
        items = tuple(self._decision(t, f"decision[{n}]") for n, t in enumerate(tables))
        first: dict[tuple[str, str, str], list[Decision]] = {}
        for item in items:
            for other in first.setdefault(item.key, []):
                if item.overlaps(other) and item.cause is not other.cause:
                    raise InputError(
                        f"{WHAT} {file}, lines {other.line} and {item.line}: two decisions on "
                        f"{item.errno} in {item.function}() contradict each other",
                        "delete one of them",
                    )
            first[item.key].append(item)
        return Decisions(file, items)

    def _decision(self, table: dict[str, Any], where: str) -> Decision:
        self.known(table, _KEYS, where)
        driver = self._text(table, "driver", where) if "driver" in table else None
        call = self._text(table, "call", where) if "call" in table else None
        function = self.identifier(self.get(table, "function", str, where), f"{where}.function")
        return Decision(
            function=function,
            errno=self._errno(table, where),
            guard=_folded(self.get(table, "guard", str, where)),
            cause=self._outcome(table, where),
            reason=self._reason(table, where),
            driver=driver,
            line=self.line(where),
            call=self.identifier(call, f"{where}.call") if call is not None else None,
        )

    def _errno(self, table: dict[str, Any], where: str) -> str:
        name: str = self.get(table, "errno", str, where)
        return name if name in (UNKNOWN_ERRNO, SUCCESS) else self.errno(name, f"{where}.errno")

    def _outcome(self, table: dict[str, Any], where: str) -> Cause | None:
        if "action" not in table:
            if "cause" not in table:
                problem = f'is missing; give the cause, or action = "{KEEP}"'
                raise self.error(f"{where}.cause", problem, line_of=where)
            return self.cause(self.get(table, "cause", str, where), f"{where}.cause")
        if "cause" in table:
            raise self.error(f"{where}.action", "and 'cause' exclude each other")
        if self.get(table, "action", str, where) != KEEP:
            raise self.error(f"{where}.action", f'must be "{KEEP}"; otherwise give a cause')
        return None

    def _reason(self, table: dict[str, Any], where: str) -> str:
        reason = self._text(table, "reason", where)
        if not reason.endswith(".") or not any(letter.isalnum() for letter in reason):
            raise self.error(f"{where}.reason", "must be a sentence that ends in a period")
        return reason

    def _text(self, table: dict[str, Any], key: str, where: str) -> str:
        text = _folded(self.get(table, key, str, where))
        if not text:
            raise self.error(f"{where}.{key}", "is empty")
        if not text.isprintable():
            raise self.error(f"{where}.{key}", "has characters that cannot be printed")
        return text


def _key(function: str, errno: str, guard: str) -> tuple[str, str, str]:
    return function, errno, "".join(guard.split())


def _keys(function: str, errno: str, guard: tuple[Guard, ...]) -> tuple[tuple[str, str, str], ...]:
    """What a decision about a site may name: its guard, and the condition that is a half of."""
    texts = [guard_text(guard), *(one.whole for one in guard[:1] if one.whole)]
    return tuple(_key(function, errno, text) for text in texts)


def _folded(text: str) -> str:
    return " ".join(text.split())


def _quoted(text: str) -> str:
    """A TOML string, literal where that saves escapes."""
    if "'" not in text and text.isprintable() and any(c in text for c in '"\\'):
        return f"'{text}'"
    # The escapes of JSON are those of TOML, but for DEL.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
