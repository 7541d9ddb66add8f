# SPDX-License-Identifier: GPL-2.0-only
"""Errno summaries of functions outside a driver, on a tree that is a few small files."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pytest

from errno_gen.analysis.flow.kinds import ValueKind
from errno_gen.analysis.kernel.file_summary import FileFacts, file_facts
from errno_gen.analysis.kernel.summaries import Summaries
from errno_gen.model import SourceFile

_HEADER = """\
static inline int get_sync(struct device *dev)
{
	return resume(dev, 1);
}
#ifdef CONFIG_PM
int resume(struct device *dev, int how);
#else
static inline int resume(struct device *dev, int how)
{
	return 1;
}
#endif
#define poll(value, cond) ({ int _r = 0; if (!(cond)) _r = -ETIMEDOUT; _r; })
static inline int get(struct device *dev)
{
	int ret = resume(dev, 2);

	if (ret == -EAGAIN)
		ret = 0;
	return ret < 0 ? ret : 0;
}
static inline int resume_and_get(struct device *dev)
{
	int ret = resume(dev, 2);

	if (ret < 0)
		return ret;
	return 0;
}
#define is_bus(dev) ((dev)->bus == &bus_type)
#define field(mask, reg) ({ check(mask); (typeof(mask))(((reg) & (mask)) >> shift(mask)); })
#define made_by(a) made((a))
#define part_of(a) ((a) & 0xff)
static inline void fill(struct device *dev, size_t *size)
{
	*size = dev->size;
}
static inline int sized(struct device *dev)
{
	size_t size;

	fill(dev, &size);
	return size;
}
#define poll_with(op, cond, args...) ({ int _v = op(args); (cond) ? 0 : -ETIMEDOUT; })
"""

_RUNTIME = """\
static int do_resume(struct device *dev, int how)
	__releases(&dev->lock) __acquires(&dev->lock)
{
	int retval = 0;

	if (dev->error)
		retval = -EINVAL;
	else if (how > 1)
		retval = -EAGAIN;
	return retval;
}

int resume(struct device *dev, int how)
{
	int retval;

	retval = do_resume(dev, how);
	return retval;
}

int even(int n)
{
	if (n == 0)
		return -ENOSPC;
	return odd(n - 1);
}

int odd(int n)
{
	return even(n - 1);
}

int through_pointer(struct ops *ops)
{
	return ops->run();
}

int status(void)
{
	return -1;
}

bool ready(struct device *dev)
{
	return dev->ready;
}

void *make(int n)
{
	if (n < 0)
		return ERR_PTR(-EINVAL);
	return 0;
}

int made(int n)
{
	void *p = make(n);

	return PTR_ERR_OR_ZERO(p);
}

int polled(int *v)
{
	return poll(v, *v);
}

int enable(int n)
{
	return n ? -EIO : 0;
}
"""

_LEGACY = """\
int enable(int n)
{
	return -1;
}

int disable(int n)
{
	return -1;
}
"""

_FILES = {
    "include/linux/pm.h": _HEADER,
    "drivers/base/runtime.c": _RUNTIME,
    "arch/mips/clk.c": _LEGACY,
}


class _Tree:
    """Definitions over a dictionary: every file may define every name that it mentions."""

    def find(self, names: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        return {
            name: tuple(path for path, text in sorted(_FILES.items()) if name in text)
            for name in names
        }

    def facts(self, path: str) -> FileFacts:
        return file_facts(SourceFile(path, "", _FILES[path].encode()))


@pytest.fixture
def summaries() -> Summaries:
    return Summaries(_Tree())


def test_errno_comes_through_inline_and_static_functions(summaries: Summaries) -> None:
    chain = summaries.witness("get_sync", "EINVAL")
    assert chain is not None
    assert [step.function for step in chain.steps] == ["get_sync", "resume", "do_resume"]
    assert chain.steps[-1].line == 7


def test_errno_that_a_caller_keeps_back_does_not_come_out(summaries: Summaries) -> None:
    assert summaries.of("get_sync").errnos == {"EINVAL", "EAGAIN"}
    assert summaries.of("get").errnos == {"EINVAL"}
    assert summaries.witness("get", "EAGAIN") is None


def test_recursion_ends(summaries: Summaries) -> None:
    assert summaries.of("odd").errnos == {"ENOSPC"}
    assert summaries.kind_of("odd") is ValueKind.ERRNO


def test_macro_that_expands_to_an_errno(summaries: Summaries) -> None:
    assert summaries.of("polled").errnos == {"ETIMEDOUT"}


def test_pointer_stays_open_and_says_where(summaries: Summaries) -> None:
    summary = summaries.of("through_pointer")
    assert summary.errnos == frozenset()
    assert summary.kind is ValueKind.HOOK
    assert summary.open == ("drivers/base/runtime.c:35: ops->run() is a pointer",)


def test_unknown_function(summaries: Summaries) -> None:
    summary = summaries.of("nowhere")
    assert (summary.kind, summary.open) == (None, ("nowhere(): no definition found",))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("resume", ValueKind.COUNT),  # 1 where runtime PM is not configured
        ("do_resume", None),  # static: nobody outside its file means it
        ("status", ValueKind.CODE),
        ("ready", ValueKind.BOOL),
        ("make", ValueKind.POINTER),
        ("made", ValueKind.ERRNO),
        ("resume_and_get", ValueKind.ERRNO),  # what is above 0 stays inside
        ("is_bus", ValueKind.BOOL),
        ("poll_with", ValueKind.OPEN),  # a statement expression may do anything
        ("field", ValueKind.VALUE),
        ("made_by", ValueKind.ERRNO),  # no more than a call
        ("part_of", ValueKind.VALUE),
        ("sized", ValueKind.COUNT),
        ("enable", ValueKind.ERRNO),  # the common one, not an architecture's own
        ("disable", ValueKind.CODE),
    ],
)
def test_kind(summaries: Summaries, name: str, kind: ValueKind | None) -> None:
    assert summaries.kind_of(name) is kind


def test_static_function_is_visible_in_its_file(summaries: Summaries) -> None:
    assert summaries.kind_of("do_resume", "drivers/base/runtime.c") is ValueKind.ERRNO


def test_trace_lists_all_chains_the_shortest_first(summaries: Summaries) -> None:
    trace = summaries.trace("get_sync")
    assert [(c.errno, len(c.steps)) for c in trace.chains] == [("EAGAIN", 3), ("EINVAL", 3)]
    assert trace.complete
    assert [root.file for root in trace.roots] == ["include/linux/pm.h"]
    static = summaries.trace("do_resume", "EAGAIN")
    assert [[step.line for step in chain.steps] for chain in static.chains] == [[9]]
