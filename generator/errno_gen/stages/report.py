# SPDX-License-Identifier: GPL-2.0-only
"""Reports: values in, JSON, JUnit and table rows out. Nothing is printed here.

The JSON of a scan is an interface: fields may be added, never renamed. Lines count
from 1 and columns from 0.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from errno_gen.model import (
    Action,
    BuildResult,
    Commit,
    Driver,
    Failure,
    Fate,
    Scan,
    StaleDecision,
    Status,
    Verdict,
)

if TYPE_CHECKING:
    from junitparser import TestCase

_MESSAGES = {Fate.DROP: "goes", Fate.DEBUG: "becomes debug"}
SCHEMA = 1
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_XML = '<?xml version="1.0" encoding="utf-8"?>\n'


@dataclass(frozen=True, slots=True)
class SiteRow:
    """A verdict as a line of a table; ``becomes`` is "" where nothing changes."""

    driver: str
    function: str
    where: str
    errno: str
    becomes: str
    message: str
    cause: str
    action: Action
    because: tuple[str, ...]
    guard: tuple[str, ...]
    origins: tuple[str, ...]
    chain: str
    decision: str
    known: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CommitRow:
    """A commit as a line of a table, with the build results that it has so far."""

    commit: str
    driver: str
    subject: str
    status: Status | None
    builds: str


def _no_remarks(_verdict: Verdict) -> Mapping[str, object]:
    return {}


def scan_json(
    scan: Scan,
    verdicts: Sequence[Verdict] | None = None,
    remarks: Callable[[Verdict], Mapping[str, object]] = _no_remarks,
) -> str:
    """The scan as one JSON object, ending in a newline; equal scans give equal bytes.

    ``verdicts`` are those to show, in their order (default: all, by place); ``remarks`` are
    the fields that each has on top.
    """
    shown = in_order(scan.verdicts) if verdicts is None else verdicts
    document = {
        "schema": SCHEMA,
        "tree": asdict(scan.tree),
        "policy": scan.policy,
        "callbacks": [asdict(callback) for callback in scan.callbacks],
        "verdicts": [_verdict(verdict) | dict(remarks(verdict)) for verdict in shown],
        "failures": [asdict(failure) for failure in scan.failures],
        "stale_decisions": [asdict(decision) for decision in scan.stale_decisions],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def in_order(verdicts: Iterable[Verdict]) -> tuple[Verdict, ...]:
    """Verdicts by driver, then by place."""
    return tuple(
        sorted(
            verdicts,
            key=lambda v: (
                v.driver,
                v.site.constant.file,
                v.site.constant.start,
                v.site.way_out.start,
            ),
        )
    )


def _verdict(verdict: Verdict) -> dict[str, Any]:
    site = verdict.site
    return {
        "driver": verdict.driver,
        "callbacks": list(verdict.callbacks),
        "file": site.constant.file,
        "function": site.function,
        "line": site.constant.line,
        "column": site.constant.column,
        "errno": site.errno,
        "form": site.form,
        "guard": [str(guard) for guard in verdict.guard],
        "half_of": (verdict.guard[0].whole or None) if verdict.guard else None,
        "origins": list(verdict.origins),
        "chain": [asdict(step) for step in verdict.chain],
        "cause": verdict.cause.value,
        "wanted": verdict.wanted,
        "action": verdict.action.value,
        "print": bool(verdict.prints),
        "because": list(verdict.because),
        "decision": verdict.decision,
        "rule": verdict.rule,
        "way_out": {"file": site.way_out.file, "line": site.way_out.line},
        "guard_at": [{"file": guard.file, "line": guard.line} for guard in verdict.guard],
        "propagate": verdict.propagate,
        "outside_callers": list(verdict.outside_callers),
        "known_by": [asdict(mention) for mention in verdict.mentions],
    }


def site_rows(scan: Scan) -> tuple[SiteRow, ...]:
    """One row for each verdict, by driver and place."""
    return tuple(_site_row(verdict) for verdict in in_order(scan.verdicts))


def _site_row(verdict: Verdict) -> SiteRow:
    constant = verdict.site.constant
    becomes = ""
    if verdict.action in (Action.REWRITE, Action.DISCOURAGED) and verdict.wanted:
        becomes = verdict.propagate or verdict.wanted
    return SiteRow(
        driver=verdict.driver,
        function=verdict.site.function,
        where=f"{constant.file}:{constant.line}",
        errno=verdict.site.errno,
        becomes=becomes,
        message=_MESSAGES[verdict.messages] if verdict.prints else "",
        cause=verdict.cause.value,
        action=verdict.action,
        because=verdict.because,
        guard=tuple(guard.told() for guard in verdict.guard),
        origins=verdict.origins,
        chain=" -> ".join(f"{s.function} [{s.file}:{s.line}]" for s in verdict.chain),
        decision=verdict.decision or "",
        known=tuple(each.text for each in verdict.mentions if each.text not in verdict.because),
    )


def drivers_without_sites(scan: Scan) -> tuple[Driver, ...]:
    """Drivers whose callback can return no errno of its own making."""
    named = {v.driver for v in scan.verdicts} | {f.driver for f in scan.failures}
    return tuple(driver for driver in scan.drivers if driver.name not in named)


def scan_summary(scan: Scan) -> str:
    """One sentence on how much was found and what the policy makes of it."""
    actions = Counter(verdict.action for verdict in scan.verdicts)
    messages = sum(bool(verdict.prints) for verdict in scan.verdicts)
    quieter = any(v.prints and v.messages is Fate.DEBUG for v in scan.verdicts)
    parts = [
        f"{actions[Action.REWRITE]} to rewrite",
        f"{messages} with a message to {'make debug' if quieter else 'drop'}",
        f"{actions[Action.REVIEW]} to review",
        f"{actions[Action.DISCOURAGED]} discouraged",
        f"{actions[Action.KEEP]} to keep",
    ]
    decided = sum(verdict.decision is not None for verdict in scan.verdicts)
    if decided:
        parts.append(f"{decided} of them by decision")
    return (
        f"{_count(len(scan.callbacks), 'callback')} in {_count(len(scan.drivers), 'driver')}, "
        f"{_count(len(scan.verdicts), 'errno site')}: {', '.join(parts)}"
    )


def commit_rows(
    commits: Sequence[Commit], results: Sequence[BuildResult] = ()
) -> tuple[CommitRow, ...]:
    """One row for each commit, oldest first."""
    return tuple(_commit_row(commit, results) for commit in commits)


def _commit_row(commit: Commit, results: Sequence[BuildResult]) -> CommitRow:
    own = [result for result in results if result.commit == commit.oid]
    return CommitRow(
        commit=commit.oid,
        driver=commit.driver,
        subject=commit.subject,
        status=_worst(result.status for result in own),
        builds=", ".join(
            f"{result.architecture or result.configuration} {result.status}"
            for result in own
            if result.architecture or result.status is Status.PASS
        ),
    )


def _worst(statuses: Iterable[Status]) -> Status | None:
    """FAIL over PASS over NOT BUILT: one architecture that builds a commit is enough."""
    seen = set(statuses)
    return next((s for s in (Status.FAIL, Status.PASS, Status.NOT_BUILT) if s in seen), None)


def trouble(result: BuildResult) -> tuple[str, ...]:
    """What a person needs to know of a build that did not pass, as lines; () if it did."""
    name = f"{result.status} {result.commit[:12]} {result.driver}".rstrip()
    if result.architecture:
        name += f" on {result.architecture} {result.configuration}"
    if result.status is Status.NOT_BUILT:
        return (f"{name}: {_not_built(result)}",)
    if result.status is Status.PASS:
        return ()
    return (
        f"{name}: {result.error}",
        f"  log: {result.log}",
        f"  reproduce: {result.reproduce}",
    )


def _not_built(result: BuildResult) -> str:
    told = result.proof or "not built"
    return f"{told}: {result.error}" if result.error else told


def build_summary(results: Sequence[BuildResult]) -> str:
    """One sentence on how the compile check ended."""
    count = Counter(result.status for result in results)
    commits = len({result.commit for result in results})
    return (
        f"{_count(commits, 'commit')}, {_count(len(results), 'build')}: "
        f"{count[Status.PASS]} passed, {count[Status.FAIL]} failed, "
        f"{count[Status.NOT_BUILT]} not built"
    )


def build_json(commits: Sequence[Commit], results: Sequence[BuildResult]) -> str:
    """The compile check as one JSON object, ending in a newline."""
    subjects = {commit.oid: commit.subject for commit in commits}
    document = {
        "schema": SCHEMA,
        "commits": [asdict(commit) for commit in commits],
        "results": [
            asdict(result) | {"subject": subjects.get(result.commit, "")} for result in results
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def build_junit(commits: Sequence[Commit], results: Sequence[BuildResult]) -> str:
    """The compile check as JUnit XML: a suite for each commit, a case for each build.

    It is valid by the schema of Jenkins' xUnit plugin (junit-10.xsd), which GitLab reads too.
    """
    # Not above: only builds need it, and it takes its time to load.
    from junitparser import JUnitXml, TestSuite

    xml: Any = JUnitXml("errno-gen build")
    for commit in commits:
        suite = TestSuite(_xml_text(commit.subject) or commit.oid)
        suite.add_property("commit", commit.oid)
        for result in results:
            if result.commit == commit.oid:
                suite.add_testcase(_case(result))
                if result.toolchain:
                    name = f"toolchain {result.architecture} {result.configuration}"
                    suite.add_property(name, f"{result.toolchain}; {result.engine}")
        xml.add_testsuite(suite)
    xml.update_statistics()
    _keep_to_the_schema(xml)
    return _XML + bytes(xml.tostring()).decode() + "\n"


def _keep_to_the_schema(xml: Any) -> None:
    """Sums of times have at most three decimals, and only suites count what was skipped."""
    for each in (xml, *xml):
        each.time = round(each.time, 3)
    xml._elem.attrib.pop("skipped", None)


def _xml_text(text: str) -> str:
    """Text without what no XML may hold: control characters, halves of surrogates."""
    return _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def _case(result: BuildResult) -> TestCase:
    from junitparser import Error as JunitError
    from junitparser import Failure as JunitFailure
    from junitparser import TestCase

    name = f"{result.architecture} {result.configuration}".lstrip()
    case = TestCase(name, result.driver, result.seconds)
    if result.status is Status.FAIL:
        failure = JunitFailure(_xml_text(result.error) or "does not compile")
        failure.text = _xml_text(f"log: {result.log}\nreproduce: {result.reproduce}")
        case.result = [failure]
    elif result.status is Status.NOT_BUILT:
        # No reader of the XML may take for green what makes the exit code 1.
        case.result = [JunitError(_xml_text(_not_built(result)))]
    told = [f"objects: {' '.join(result.objects)}", f"proof: {result.proof}"]
    told += [line for change in result.changes for line in change.flagged]
    told += result.warnings
    if result.status is Status.PASS:
        told += [f"log: {result.log}", f"reproduce: {result.reproduce}"]
    case.system_out = _xml_text("\n".join(told))
    return case


def stale_text(decision: StaleDecision) -> str:
    """What a decision looks for that is not there."""
    where = f" of {decision.driver}" if decision.driver else ""
    guard = f" if {decision.guard}" if decision.guard else ""
    return (
        f"{decision.file}, line {decision.line}: this decision matches nothing: "
        f"{decision.errno} in {decision.function}(){where}{guard}"
    )


def left_text(verdict: Verdict) -> str:
    """A site that asked for a change, and why it was left alone."""
    where = f"{verdict.site.constant}: {verdict.site.errno} in {verdict.site.function}()"
    return f"{where} is left to review: {verdict.because[-1]}"


def undecided_text(scan: Scan) -> str:
    """How many sites a person has to settle, and what lists them; "" for none."""
    count = sum(verdict.action is Action.REVIEW for verdict in scan.verdicts)
    if not count:
        return ""
    need = "needs" if count == 1 else "need"
    return f"{_count(count, 'site')} {need} a person: scan --undecided lists what to settle"


def failure_text(failure: Failure) -> tuple[str, str]:
    """What failed, and why."""
    return f"{failure.driver} ({failure.stage})", failure.message


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
