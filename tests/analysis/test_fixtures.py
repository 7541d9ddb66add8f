# SPDX-License-Identifier: GPL-2.0-only
"""Every fixture yields exactly the sites that stand in it, and no other."""

from __future__ import annotations

import re

import pytest

import analysis_fixtures as fixtures
from errno_gen.model import Action, Cause


@pytest.mark.parametrize("name", fixtures.names())
def test_a_fixture_yields_exactly_what_it_expects(name: str) -> None:
    texts = fixtures.sources(name)
    verdicts = fixtures.analysed(texts)
    reasons = "\n".join(f"{v.site.constant}: {v.cause}: {' '.join(v.because)}" for v in verdicts)
    assert fixtures.described(verdicts) == fixtures.expected(texts), reasons


@pytest.mark.parametrize("name", fixtures.names())
def test_a_verdict_can_be_checked_by_a_person(name: str) -> None:
    texts = fixtures.sources(name)
    for verdict in fixtures.analysed(texts):
        site = verdict.site
        text = texts[site.constant.file].encode()
        there = text[site.constant.start : site.constant.end].decode()
        bare = re.sub(r"/\*.*\*/|[()\s]", "", there)
        if site.form == "opaque":
            assert site.errno == "?"
        elif site.form == "success":
            assert site.errno == "0"
            assert bare in ("0", "ret", "gotoout;")
        elif site.form == "number":
            named = re.search(rf"#define {bare} (.*)", "".join(texts.values()))
            assert named or re.fullmatch(r"-\d+", bare)
        elif site.form == "macro":
            assert f"#define {bare.lstrip('-')}" in "".join(texts.values())
        else:
            assert bare == f"-{site.errno}"
        assert verdict.because
        assert all(sentence.endswith(".") for sentence in verdict.because)
        assert verdict.chain[0].function in verdict.callbacks
        assert verdict.chain[-1].function == site.function
        assert verdict.cause is not Cause.UNKNOWN or verdict.action is Action.REVIEW


@pytest.mark.parametrize("name", [name for name in fixtures.names() if "noop" in name])
def test_a_twin_expects_nothing(name: str) -> None:
    assert fixtures.expected(fixtures.sources(name)) == []


def test_there_is_a_fixture_for_every_trap() -> None:
    names = fixtures.names()
    assert len(names) >= 60
    assert len([name for name in names if "noop" in name]) >= 15
