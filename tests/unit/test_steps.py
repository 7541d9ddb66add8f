# SPDX-License-Identifier: GPL-2.0-only
"""The steps of the analysis, each alone on a small driver: its value is there to be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import FrozenInstanceError, fields

import pytest

from errno_gen.analysis.c.text.syntax import condensed
from errno_gen.analysis.causes.findings import Finding
from errno_gen.analysis.causes.grounds import evidence_of
from errno_gen.analysis.causes.judge import cause_of
from errno_gen.analysis.causes.kernel_calls import KernelCalls, Passing
from errno_gen.analysis.causes.serving import served
from errno_gen.analysis.causes.uncovered import Propagation, uncovered, unseen
from errno_gen.analysis.causes.verdicts import verdicts
from errno_gen.analysis.flow.escape import PLACE
from errno_gen.analysis.flow.kinds import ValueKind
from errno_gen.analysis.flow.sources import Call
from errno_gen.analysis.origins.index import Index, index_of
from errno_gen.analysis.origins.path import (
    Arrival,
    Entry,
    Frame,
    arrivals,
    entered,
    path_from,
    path_through,
)
from errno_gen.errors import SourceError
from errno_gen.model import Callback, Cause, SourceFile
from errno_gen.policy import load_policy
from errno_gen.policytables import Parameter
from functions import block_of

DRIVER = """\
struct my_domain { struct iommu_domain domain; int width; };
struct my_device { int width; int ready; };

static int my_enable(struct device *dev)
{
	struct my_device *mine = dev_iommu_priv_get(dev);

	if (!mine->ready)
		return -ENXIO;
	return power_up(dev);
}

static int my_attach(struct iommu_domain *domain, struct device *dev)
{
	struct my_domain *ours = container_of(domain, struct my_domain, domain);
	struct my_device *mine = dev_iommu_priv_get(dev);
	int ret;

	if (ours->width > mine->width)
		return -EBUSY;
	ret = my_enable(dev);
	if (ret)
		return -EINVAL;
	if (my_enable(dev))
		return -EPERM;
	ret = power_on(dev);
	return ret;
}
"""
BARE = """\
static int my_enable(struct device *dev) { return dev->broken ? -EIO : 0; }
static int my_attach(struct iommu_domain *domain, struct device *dev)
{
	if (my_enable(dev))
		return -EPERM;
	else
		return 0;
}
"""
CALLBACK = Callback("mine", "my_attach", "mine.c", 13, "attach_dev", "my_ops")
ROLES = load_policy("einval").roles
PROPAGATION = Propagation(wanted=True, reserved=("EINVAL",))


DOMAIN = Parameter("domain", 0, "iommu_domain", "type")


@pytest.fixture(scope="module")
def index() -> Index:
    files = [SourceFile("mine.c", "", DRIVER.encode())]
    return index_of(files, DOMAIN, "device", lambda _name, _path: ValueKind.ERRNO)


@pytest.fixture(scope="module")
def entry(index: Index) -> Entry:
    (found,) = entered(index, [CALLBACK], ROLES)
    return found


@pytest.fixture(scope="module")
def sites(index: Index, entry: Entry) -> tuple[Arrival, ...]:
    return arrivals(index, path_from(index, entry.context))


def judged(index: Index, sites: Sequence[Arrival]) -> list[Finding]:
    evidence = [evidence_of(index, site, PROPAGATION.reserved) for site in sites]
    return [served(index, cause_of(CALLBACK, each)) for each in evidence]


def names(chain: Sequence[Frame]) -> Iterator[str]:
    for frame in chain:
        yield frame.context.function.name


def called(chain: Sequence[Frame]) -> Iterator[str]:
    for frame in chain:
        assert frame.call is not None
        yield condensed(frame.call.node)


def calls_in_ret(index: Index, entry: Entry) -> tuple[Call, ...]:
    """The calls whose value ``ret`` may hold where it failed."""
    function = entry.context.function
    failed = block_of(function, "-EINVAL").index
    return index.sources.calls_of(function, "ret", failed)


def test_the_index_knows_functions_and_types(index: Index) -> None:
    assert [each.name for each in index.program.functions()] == ["my_enable", "my_attach"]
    assert index.domain_types == {"iommu_domain", "my_domain"}


def test_a_callback_is_entered_with_the_roles_of_the_policy(entry: Entry) -> None:
    bound = {name: {root.kind.value for root in roots} for name, roots in entry.context.parameters}
    assert bound == {"domain": {"domain"}, "dev": {"device"}}


def test_a_callback_without_a_body_cannot_be_entered(index: Index) -> None:
    gone = Callback("mine", "my_other", "mine.c", 1, "attach_dev", "my_ops")
    with pytest.raises(SourceError, match="cannot parse my_other"):
        entered(index, [gone], ROLES)


def test_the_path_reaches_what_the_value_comes_from(index: Index, entry: Entry) -> None:
    path = path_from(index, entry.context)
    assert [list(names(each.frames)) for each in path.reached] == [["my_attach"]]
    assert [list(called(chain)) for chain in path.outside] == [["power_on(dev)"]]


def test_a_path_may_begin_with_a_call(index: Index, entry: Entry) -> None:
    path = path_through(index, calls_in_ret(index, entry), (Frame(entry.context, None),))
    assert [list(names(each.frames)) for each in path.reached] == [["my_attach", "my_enable"]]
    assert [list(called(chain)) for chain in path.outside] == [["my_enable(dev)", "power_up(dev)"]]
    assert [each.constant.errno for each in arrivals(index, path)] == ["ENXIO"]


def test_sites_are_constants_with_their_ways_out(sites: tuple[Arrival, ...]) -> None:
    found = [(each.constant.errno, each.constant.form, each.way.label) for each in sites]
    assert found == [(errno, "return", PLACE) for errno in ("EBUSY", "EINVAL", "EPERM")]


def test_evidence_is_what_each_guard_tests_innermost_first(
    index: Index, sites: tuple[Arrival, ...]
) -> None:
    (chain,) = evidence_of(index, sites[1], ()).chains
    assert [[(fact.text, fact.test.value) for fact in ground.facts] for ground in chain] == [
        [("ret", "nonzero")],
        [("ours->width > mine->width", "compare")],
    ]
    assert [ground.tells for ground in chain] == [True, False]


def test_the_cause_follows_from_evidence_alone(index: Index, sites: tuple[Arrival, ...]) -> None:
    found = [cause_of(CALLBACK, evidence_of(index, site, ())).judgement for site in sites]
    assert [(each.cause.value, each.propagate) for each in found] == [
        ("incompatible", ""),
        ("swallowed", "ret"),
        ("swallowed", ""),
    ]


def test_serving_says_what_could_keep_a_code_and_what_cannot(
    index: Index, sites: tuple[Arrival, ...]
) -> None:
    """A tested code is handed on as it is, in a variable that can keep it, or not at all."""
    kept = [served(index, cause_of(CALLBACK, evidence_of(index, s, ()))) for s in sites]
    assert [each.judgement.propagate for each in kept] == ["", "ret", "ret"]
    bare = index_of([SourceFile("mine.c", "", BARE.encode())], DOMAIN, "device")
    (entry,) = entered(bare, [CALLBACK], ROLES)
    (site,) = (
        each
        for each in arrivals(bare, path_from(bare, entry.context))
        if each.constant.errno == "EPERM"
    )
    found = served(bare, cause_of(CALLBACK, evidence_of(bare, site, ()))).judgement
    assert (found.propagate, found.because[-1].split(":")[0]) == (
        "",
        "No variable can hand that on here",
    )


def test_a_swallowed_code_uncovers_what_the_callee_makes(
    index: Index, sites: tuple[Arrival, ...]
) -> None:
    (busy, replaced, _) = [
        uncovered(index, each, PROPAGATION, lambda found: judged(index, found))
        for each in judged(index, sites)
    ]
    assert (busy.goes, busy.sites, busy.functions) == (False, (), frozenset())
    assert [each.constant.errno for each in replaced.sites] == ["ENXIO"]
    assert [function.name for function in replaced.functions] == ["my_enable"]
    assert [list(called(c)) for c in replaced.freed] == [["my_enable(dev)", "power_up(dev)"]]
    assert unseen([replaced], []) == replaced.sites
    assert unseen([replaced], [replaced]) == ()


def test_verdicts_join_what_was_found_of_a_site(index: Index, sites: tuple[Arrival, ...]) -> None:
    found = judged(index, [*sites[:1], *sites[:1]])
    (verdict,) = verdicts(index, found, frozenset({sites[0].function}))
    assert (verdict.site.errno, verdict.cause) == ("EBUSY", Cause.INCOMPATIBLE)
    assert (verdict.driver, verdict.callbacks) == ("", ("my_attach",))


def test_kernel_calls_without_summaries_say_nothing(index: Index, entry: Entry) -> None:
    path = path_from(index, entry.context)
    calls = KernelCalls(index, None, path.functions)
    assert calls.verdicts([Passing("my_attach", path.outside, ())], ["EINVAL"]) == ()


def test_every_value_between_steps_is_frozen_and_shows_itself(
    index: Index, entry: Entry, sites: tuple[Arrival, ...]
) -> None:
    evidence = evidence_of(index, sites[0], ())
    finding = cause_of(CALLBACK, evidence)
    more = uncovered(index, finding, PROPAGATION, lambda found: judged(index, found))
    for value in (index, entry, path_from(index, entry.context), sites[0], evidence, finding, more):
        assert type(value).__name__ in repr(value)
        with pytest.raises(FrozenInstanceError):
            setattr(value, fields(value)[0].name, None)
