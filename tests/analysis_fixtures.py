# SPDX-License-Identifier: GPL-2.0-only
"""The C files of tests/analysis and what they expect, and how they are analysed.

A fixture is one C file, or a folder of C files and headers that make one driver; all see
``fixture.h``, and call what ``kernel.h`` defines. At the line of a constant stands
``/* expect: CAUSE WANTED [print] [review] */``: its cause, what the policy einval wants there
(``-`` for nothing), whether the message next to it goes and whether the site is left to a person.
``unknown`` stands alone. Several ways out of one constant are several expectations, separated by
``;``. A file named ``*_noop.c`` is the twin of a trap in which nothing may be reported.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from errno_gen.analysis.apis import kernel_apis
from errno_gen.analysis.c.program import Program
from errno_gen.analysis.c.treesource import Library
from errno_gen.analysis.causes.halves import Named
from errno_gen.analysis.driver import analyse_driver
from errno_gen.analysis.edits.settlement import settle
from errno_gen.analysis.flow.tables import installed
from errno_gen.analysis.kernel.behaviours import Behaviours
from errno_gen.analysis.origins.roots import Outside
from errno_gen.model import Action, Callback, Cause, Driver, SourceFile, Verdict
from errno_gen.policy import load_policy
from treetexts import TreeTexts

FOLDER = Path(__file__).parent / "analysis"
POLICY = load_policy("einval")
HEADER = "fixture.h"
_KERNEL = "kernel.h"

_EXPECT = re.compile(r"/\* expect: (.*?) \*/")


@dataclass(frozen=True, slots=True)
class Expectation:
    """One site: where its constant stands, and the words after ``expect:``."""

    file: str
    line: int
    words: str


def names() -> list[str]:
    """All fixtures: C files, and folders that hold a driver of several files."""
    files = [path.name for path in FOLDER.glob("*.c")]
    folders = [path.name for path in FOLDER.iterdir() if list(path.glob("*.c"))]
    return sorted(files + folders)


def sources(name: str) -> dict[str, str]:
    """The texts of a fixture by file name, the common header last."""
    path = FOLDER / name
    files = [path] if path.is_file() else sorted([*path.glob("*.c"), *path.glob("*.h")])
    return {file.name: file.read_text(encoding="utf-8") for file in [*files, FOLDER / HEADER]}


def expected(texts: dict[str, str]) -> list[Expectation]:
    """The expectations that stand in the texts, in the order of file and line."""
    found = []
    for name, text in sorted(texts.items()):
        for number, line in enumerate(text.splitlines(), start=1):
            for match in _EXPECT.finditer(line):
                found.extend(
                    Expectation(name, number, " ".join(part.split()))
                    for part in match[1].split(";")
                )
    return sorted(found, key=lambda each: (each.file, each.line, each.words))


def analysed(texts: dict[str, str]) -> tuple[Verdict, ...]:
    """The verdicts of the driver that the texts make, after the policy einval.

    Raises SourceError as the analysis does.
    """
    return settle([POLICY.decide(verdict) for verdict in judged(texts)])


def judged(
    texts: dict[str, str], named: Named | None = None, behaviours: Outside | None = None
) -> tuple[Verdict, ...]:
    """The verdicts of the driver that the texts make, before any policy."""
    files = [
        SourceFile(name, "", text.encode(errors="surrogateescape")) for name, text in texts.items()
    ]
    program = Program(files, kernel_apis())
    callbacks: dict[str, Callback] = {}
    for name in texts:
        for entry in installed(program, name, POLICY.roles):
            for body in program.resolve(entry.function, name)[:1]:
                callback = Callback(
                    "fixture", body.name, body.path, body.line, "attach_dev", entry.ops,
                    entry.fixed_domain,
                )  # fmt: skip
                callbacks.setdefault(body.name, callback)
    driver = Driver("fixture", "", "", tuple(texts))
    return analyse_driver(
        driver,
        files,
        list(callbacks.values()),
        POLICY.roles,
        propagate=True,
        behaviours=behaviours or _kernel(),
        reserved=POLICY.reserved,
        named=named,
    )


@cache
def _kernel() -> Behaviours:
    """What the functions outside all fixtures do."""
    text = (FOLDER / _KERNEL).read_text(encoding="utf-8")
    return Behaviours(Library(TreeTexts({f"include/linux/{_KERNEL}": text})))


def described(verdicts: tuple[Verdict, ...]) -> list[Expectation]:
    """Verdicts in the words of an expectation, in the order of :func:`expected`."""
    found = [Expectation(v.site.constant.file, v.site.constant.line, _words(v)) for v in verdicts]
    return sorted(found, key=lambda each: (each.file, each.line, each.words))


def _words(verdict: Verdict) -> str:
    if verdict.cause is Cause.UNKNOWN:
        return "unknown" if verdict.action is Action.REVIEW else f"unknown {verdict.action}"
    words = [verdict.cause.value, verdict.wanted or "-"]
    if verdict.prints:
        words.append("print")
    if verdict.action is Action.REVIEW:
        words.append("review")
    return " ".join(words)
