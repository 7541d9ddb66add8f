# SPDX-License-Identifier: GPL-2.0-only
"""Results of builds as workflow commands of GitHub, which shows them at the lines they name.

See "Workflow commands for GitHub Actions" in GitHub's documentation. What several
architectures say alike is one annotation, since only some of a step's are shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from errno_gen.model import BuildResult, Commit, Status

_PLACE = re.compile(r"(?P<file>[^:\s]+):(?P<line>\d+): (?P<text>.+)", re.DOTALL)
_SHORT_ID = 12


def build_annotations(commits: Sequence[Commit], results: Iterable[BuildResult]) -> tuple[str, ...]:
    """One line for each thing that is wrong, in the order of the results."""
    subjects = {commit.oid: commit.subject for commit in commits}
    found: dict[tuple[str, str, str], list[str]] = {}
    for result in results:
        for level, told in _told(result):
            where = f"{result.architecture} {result.configuration}".strip()
            places = found.setdefault((result.commit, level, told), [])
            if where and where not in places:
                places.append(where)
    return tuple(
        _command(level, told, f"{commit[:_SHORT_ID]} {subjects.get(commit, '')}".rstrip(), places)
        for (commit, level, told), places in found.items()
    )


def _told(result: BuildResult) -> Iterator[tuple[str, str]]:
    if result.status is Status.FAIL:
        yield "error", result.error or "does not compile"
    elif result.status is Status.NOT_BUILT:
        yield "error", f"{result.driver} is not built: {result.proof}".lstrip()
    for warning in result.warnings:
        yield "warning", warning


def _command(level: str, told: str, title: str, places: Sequence[str]) -> str:
    match = _PLACE.fullmatch(told)
    properties = {"title": title}
    if match is not None:
        properties = {"file": match["file"], "line": match["line"], **properties}
        told = match["text"]
    if places:
        told = f"{told} ({', '.join(places)})"
    shown = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{level} {shown}::{_data(told)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
