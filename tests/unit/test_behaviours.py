# SPDX-License-Identifier: GPL-2.0-only
"""What functions of a tree do with their arguments, read from small bodies."""

from __future__ import annotations

import pytest

from errno_gen.analysis.c.treesource import Library
from errno_gen.analysis.kernel.behaviours import Behaviours
from errno_gen.analysis.origins.roots import REST, Behaviour, Root, RootKind
from treetexts import TreeTexts

HEADER = """\
struct box { int size; struct box *next; int (*fill)(struct box *b); };

static inline int box_size(struct box *b) { return b->size; }
static inline struct crate *box_crate(struct box *b) { return container_of(b, struct crate, box); }
static inline struct box *box_itself(struct box *b) { return b; }
static inline int box_outer(int n, struct box *b) { return box_size(b) + 1; }
static inline int box_pick(int n, struct box *b)
{
	if (n > 4)
		return 1;
	return 0;
}
static inline bool box_empty(struct box *b) { return b->next == b; }
static inline bool box_closed(struct box *b) { return !b->size; }
static inline bool box_same(struct box *b, struct box *c) { return b->size == c->size; }
static inline int box_fill(struct box *b) { return b->fill(b); }
static inline int box_gone(struct box *b) { return nowhere(b); }
static inline int box_beyond(struct box *b) { return box_gone(b); }
static inline int box_again(struct box *b) { return b->next ? box_again(b->next) : b->size; }
static inline int box_zero(struct box *b) { return 0; }
static inline u32 box_read(void __iomem *regs) { return *(u32 *)regs; }
static inline u32 box_swap(u32 *p, u32 v) { asm volatile("swp" : "+r" (v)); return v; }
void *box_memory(unsigned long size, gfp_t flags) __malloc;
struct box *box_alloc(struct device *dev, int n, gfp_t flags);
struct box *box_grow(void *old, gfp_t flags);
int box_charge(int n, gfp_t flags);

#define box_max(a, b) ((a) > (b) ? (a) : (b))
#define box_new(p) ((p) = box_memory(sizeof(*(p)), GFP_KERNEL))
#define box_made(p, ...) box_new(p)
#define box_alias box_size
#define box_wider(b, n) (box_size(b) > (n))
#define box_any(a, ...) box_outer(a, __VA_ARGS__)
#define box_all(a, ...) (a, __VA_ARGS__)
#define box_odd(b) ) (box_size(b)
"""
SOURCE = """\
void *box_memory(unsigned long size, gfp_t flags)
{
	return box_take(size);
}
struct box *box_alloc(struct device *dev, int n, gfp_t flags)
{
	return take(dev, n);
}
struct box *box_grow(void *old, gfp_t flags)
{
	return old;
}
"""
FILES = {"include/box.h": HEADER, "lib/box.c": SOURCE}
MEMORY = Behaviour((Root(RootKind.ALLOCATION, "", True),))


def parameter(name: object, *, state: bool = False) -> Root:
    return Root(RootKind.PARAMETER, str(name), state)


@pytest.fixture(scope="module")
def behaviours() -> Behaviours:
    return Behaviours(Library(TreeTexts(FILES)))


def of(behaviours: Behaviours, name: str) -> Behaviour:
    found = behaviours.of(name, "drivers/mine.c")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "roots"),
    [
        ("box_size", {parameter(0, state=True)}),
        ("box_itself", {parameter(0)}),
        ("box_outer", {parameter(1, state=True)}),
        ("box_pick", {parameter(0, state=True)}),
        ("box_same", {parameter(0, state=True), parameter(1, state=True)}),
        ("box_any", {parameter(REST, state=True)}),
        ("box_alias", {parameter(0, state=True)}),
        ("box_wider", {parameter(0, state=True), parameter(1)}),
        ("box_zero", set()),
        ("box_max", {parameter(0), parameter(1)}),
        ("box_all", {parameter(0), parameter(REST)}),
    ],
)
def test_a_value_is_computed_from_these_parameters(
    behaviours: Behaviours, name: str, roots: set[Root]
) -> None:
    found = of(behaviours, name)
    assert (set(found.value), found.held) == (roots, False)


def test_a_type_among_the_arguments_is_read_like_any_other(behaviours: Behaviours) -> None:
    found = behaviours.of("box_crate", "a.c")
    assert found == Behaviour((Root(RootKind.PARAMETER, "0"),))


def test_what_is_known_of_all_that_is_read_is_closed(behaviours: Behaviours) -> None:
    closed = ["box_size", "box_itself", "box_outer", "box_pick", "box_same", "box_zero", "box_max"]
    assert [name for name in closed if of(behaviours, name).open] == []


@pytest.mark.parametrize("name", ["box_fill", "box_gone", "box_beyond", "box_odd", "box_swap"])
def test_what_cannot_be_followed_leaves_the_answer_open(behaviours: Behaviours, name: str) -> None:
    assert of(behaviours, name).open


def test_a_recursion_never_looks_closed(behaviours: Behaviours) -> None:
    assert of(behaviours, "box_again").open


def test_assembler_may_take_something(behaviours: Behaviours) -> None:
    assert of(behaviours, "box_swap").held


def test_what_no_file_defines_is_not_known(behaviours: Behaviours) -> None:
    assert behaviours.of("nowhere", "drivers/mine.c") is None


@pytest.mark.parametrize("name", ["box_memory", "box_alloc", "box_new", "box_made"])
def test_allocators_are_told_by_their_attributes_and_flags(
    behaviours: Behaviours, name: str
) -> None:
    assert of(behaviours, name) == MEMORY


@pytest.mark.parametrize("name", ["box_grow", "box_charge", "box_itself"])
def test_flags_alone_make_no_allocator(behaviours: Behaviours, name: str) -> None:
    assert behaviours.of(name, "drivers/mine.c") != MEMORY


def test_who_asks_for_nothing_and_who_answers_yes_or_no(behaviours: Behaviours) -> None:
    names = ["box_empty", "box_closed", "box_same", "box_wider", "box_size"]
    found = [of(behaviours, name) for name in names]
    assert [each.emptiness for each in found] == [True, True, False, False, False]
    assert [each.truth for each in found] == [True, True, True, True, False]


def test_what_registers_hold_is_not_the_arguments(behaviours: Behaviours) -> None:
    assert of(behaviours, "box_read").value == (Root(RootKind.CALL, "box_read", True),)


def test_an_answer_is_given_once_and_kept() -> None:
    texts = TreeTexts(FILES)
    first = Behaviours(Library(texts))
    answer = first.of("box_size", "drivers/mine.c")
    assert first.known == {"box_size": answer}
    asked = len(texts.asked)
    assert first.of("box_size", "drivers/yours.c") == answer
    later = Behaviours(Library(texts), first.known)
    assert later.of("box_size", "drivers/mine.c") == answer
    assert len(texts.asked) == asked


def test_that_nothing_is_known_is_kept_too() -> None:
    texts = TreeTexts(FILES)
    behaviours = Behaviours(Library(texts), {"nowhere": None})
    assert behaviours.of("nowhere", "drivers/mine.c") is None
    assert texts.asked == []
