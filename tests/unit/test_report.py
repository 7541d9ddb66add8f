# SPDX-License-Identifier: GPL-2.0-only
"""Reports: the JSON's fields, JUnit, and what a person is told of a build."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import xmlschema
from junitparser import JUnitXml

from errno_gen.model import (
    Action,
    BuildResult,
    Callback,
    Cause,
    Commit,
    Failure,
    Guard,
    Location,
    Scan,
    Site,
    Status,
    Step,
    Tree,
    Verdict,
)
from errno_gen.stages import report
from errno_gen.stages.annotations import build_annotations

PLACE = Location("drivers/iommu/x.c", 10, 9, 100, 106)
VERDICT = Verdict(
    driver="x",
    callbacks=("x_attach_dev",),
    site=Site("x_fits", PLACE, "EBUSY", "return", PLACE),
    guard=(Guard("domain->dev", True, "drivers/iommu/x.c", 9), Guard("!iommu", False, "a.c", 4)),
    origins=("domain->dev: domain",),
    chain=(Step("x_attach_dev", "drivers/iommu/x.c", 30),),
    cause=Cause.INCOMPATIBLE,
    rule="domain",
    because=("Because the domain is in use.",),
    wanted="EINVAL",
    action=Action.REWRITE,
    prints=(PLACE,),
)
SCAN = Scan(
    tree=Tree("6.1.0", "c" * 40),
    policy="einval",
    drivers=(),
    callbacks=(Callback("x", "x_attach_dev", "drivers/iommu/x.c", 20, "attach_dev", "x_ops"),),
    verdicts=(VERDICT,),
    failures=(Failure("analyse", "y", "cannot parse"),),
)
COMMITS = tuple(
    Commit(letter * 40, "t" * 40, "p" * 40, "x", f"iommu/{letter}: Fix", ("x.c",))
    for letter in "abc"
)


def result(commit: Commit, status: Status, architecture: str = "arm64") -> BuildResult:
    return BuildResult(
        commit=commit.oid,
        driver="x",
        architecture=architecture,
        configuration="allmodconfig",
        objects=("drivers/iommu/x.o",),
        status=status,
        proof="compiled at aaaa",
        error="x.c:3: error: no <such> thing & more" if status is Status.FAIL else "",
        log="/tmp/log",
        reproduce="podman run make",
        seconds=1.5,
    )


RESULTS = (
    result(COMMITS[0], Status.PASS),
    result(COMMITS[0], Status.NOT_BUILT, ""),
    result(COMMITS[1], Status.PASS),
    result(COMMITS[1], Status.FAIL, "x86_64"),
    result(COMMITS[2], Status.NOT_BUILT, ""),
)


def test_the_fields_of_the_scan_that_scripts_rely_on() -> None:
    found = json.loads(report.scan_json(SCAN))
    assert list(found)[:5] == ["schema", "tree", "policy", "callbacks", "verdicts"]
    assert found["schema"] == 1
    assert found["tree"] == {"version": "6.1.0", "commit": "c" * 40}
    callback = {
        "driver": "x",
        "function": "x_attach_dev",
        "file": "drivers/iommu/x.c",
        "line": 20,
        "member": "attach_dev",
        "ops": "x_ops",
    }
    assert callback.items() <= found["callbacks"][0].items()
    expected = {
        "driver": "x",
        "callbacks": ["x_attach_dev"],
        "file": "drivers/iommu/x.c",
        "function": "x_fits",
        "line": 10,
        "column": 9,
        "errno": "EBUSY",
        "form": "return",
        "guard": ["domain->dev", "!(!iommu)"],
        "origins": ["domain->dev: domain"],
        "chain": [{"function": "x_attach_dev", "file": "drivers/iommu/x.c", "line": 30}],
        "cause": "incompatible",
        "wanted": "EINVAL",
        "action": "rewrite",
        "print": True,
        "because": ["Because the domain is in use."],
        "decision": None,
    }
    assert expected.items() <= found["verdicts"][0].items()
    assert found["failures"] == [{"stage": "analyse", "driver": "y", "message": "cannot parse"}]


def test_a_row_says_what_becomes_of_a_site() -> None:
    (row,) = report.site_rows(SCAN)
    assert (row.errno, row.becomes, row.message) == ("EBUSY", "EINVAL", "goes")
    assert row.guard == (
        "if domain->dev [drivers/iommu/x.c:9]",
        "unless !iommu [a.c:4]",
    )


def test_the_summary_counts_actions() -> None:
    told = report.scan_summary(SCAN)
    assert told.startswith("1 callback in 0 drivers, 1 errno site: 1 to rewrite, 1 with a message")


def test_a_commit_is_as_good_as_its_worst_build() -> None:
    rows = report.commit_rows(COMMITS, RESULTS)
    assert [row.status for row in rows] == [Status.PASS, Status.FAIL, Status.NOT_BUILT]
    assert [row.builds for row in rows] == ["arm64 PASS", "arm64 PASS, x86_64 FAIL", ""]
    assert report.commit_rows(COMMITS)[0].status is None


def test_only_builds_that_did_not_pass_are_told() -> None:
    assert report.trouble(RESULTS[0]) == ()
    assert report.trouble(RESULTS[4]) == ("NOT BUILT cccccccccccc x: compiled at aaaa",)
    before = replace(RESULTS[3], status=Status.NOT_BUILT, proof="does not compile before either")
    assert report.trouble(before) == (
        f"NOT BUILT {before.commit[:12]} {before.driver} on {before.architecture} "
        f"{before.configuration}: does not compile before either: {before.error}",
    )
    told = report.trouble(RESULTS[3])
    assert "x.c:3: error" in told[0]
    assert told[1:] == ("  log: /tmp/log", "  reproduce: podman run make")


def test_build_json_names_what_was_built_and_how() -> None:
    found = json.loads(report.build_json(COMMITS, RESULTS))
    assert found["schema"] == 1
    assert [entry["status"] for entry in found["results"]] == [
        "PASS",
        "NOT BUILT",
        "PASS",
        "FAIL",
        "NOT BUILT",
    ]
    first = found["results"][0]
    assert first["subject"] == "iommu/a: Fix"
    for field in ("commit", "driver", "architecture", "configuration", "objects", "proof"):
        assert first[field]


def test_junit_has_a_suite_for_each_commit() -> None:
    xml = JUnitXml.fromstring(report.build_junit(COMMITS, RESULTS).encode())
    suites = list(xml)
    assert [suite.name for suite in suites] == ["iommu/a: Fix", "iommu/b: Fix", "iommu/c: Fix"]
    assert (xml.tests, xml.failures, xml.errors) == (5, 1, 2)
    assert [suite.errors for suite in suites] == [1, 0, 1], "not built is not green"
    failed = list(suites[1])[1]
    assert failed.result[0].message == "x.c:3: error: no <such> thing & more"
    assert "podman run make" in failed.result[0].text


def test_junit_keeps_to_the_schema_of_jenkins() -> None:
    schema = xmlschema.XMLSchema10(str(Path(__file__).parents[1] / "junit-10.xsd"))
    odd = replace(RESULTS[3], error="x.c:3: \x1b[1mbad\x00 \udce9", warnings=("a.c:1: \x08 & <b>",))
    thirds = tuple(replace(RESULTS[0], seconds=0.1 + number / 1000) for number in range(7))
    for results in (RESULTS, (*RESULTS, odd), thirds, ()):
        text = report.build_junit(COMMITS, results)
        schema.validate(text)
    schema.validate(report.build_junit((), ()))


def test_every_case_says_how_to_repeat_it() -> None:
    xml = JUnitXml.fromstring(report.build_junit(COMMITS, RESULTS).encode())
    cases = [case for suite in xml for case in suite]
    told = [f"{case.system_out} {''.join(one.text or '' for one in case.result)}" for case in cases]
    assert ["reproduce: podman run make" in one for one in told] == [True, False, True, True, False]


def test_annotations_name_the_line_once() -> None:
    results = (
        replace(RESULTS[3], error="x.c:3: 100% bad, isn't: it\nmore"),
        replace(RESULTS[3], error="x.c:3: 100% bad, isn't: it\nmore", architecture="arm64"),
        replace(RESULTS[0], warnings=("y.h:7: unused [-Wunused]",)),
        RESULTS[4],
    )
    assert build_annotations(COMMITS, results) == (
        "::error file=x.c,line=3,title=bbbbbbbbbbbb iommu/b%3A Fix::100%25 bad, isn't: it%0Amore "
        "(x86_64 allmodconfig, arm64 allmodconfig)",
        "::warning file=y.h,line=7,title=aaaaaaaaaaaa iommu/a%3A Fix::unused [-Wunused] "
        "(arm64 allmodconfig)",
        "::error title=cccccccccccc iommu/c%3A Fix::x is not built: compiled at aaaa "
        "(allmodconfig)",
    )
