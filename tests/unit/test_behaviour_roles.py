# SPDX-License-Identifier: GPL-2.0-only
"""What functions of the tree do, read from bodies and declarations of a few small headers."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pytest

from errno_gen.analysis.c.treesource import Library
from errno_gen.analysis.kernel.behaviours import Behaviours
from errno_gen.analysis.origins.roots import RootKind

_LOG = """\
__printf(2, 3) __cold
void say(const struct thing *thing,
	 const char *fmt, ...);
__printf(1, 2) int talk(const char *fmt, ...);
__printf(2, 3) void fill(struct buffer *out, const char *fmt, ...);
__printf(2, 3) int start(bool wait, const char *fmt, ...);
__printf(1, 2) void stop(const char *fmt, ...) __noreturn;
__printf(3, 4) int measure(char *out, int size, const char *fmt, ...);
__printf(2, 3) void say_at(struct place *here, const char *fmt, ...);
bool too_often(struct rate *rate);

#define say_err(thing, fmt, ...) ({ say(thing, fmt, ##__VA_ARGS__); })
#define say_alias(arg...) say_err(arg)
#define say_once(thing, fmt, ...)				\\
	do {							\\
		static bool __said;				\\
		if (!__said) {					\\
			__said = true;				\\
			say_err(thing, fmt, ##__VA_ARGS__);	\\
		}						\\
	} while (0)
#define say_seldom(thing, fmt, ...)				\\
	do {							\\
		static struct rate _rate = { .burst = 3 };	\\
		if (too_often(&_rate))				\\
			say(thing, fmt, ##__VA_ARGS__);		\\
	} while (0)
#define say_here(fmt, ...)					\\
	do {							\\
		static struct place _place = { .file = __FILE__ }; \\
		say_at(&_place, fmt, ##__VA_ARGS__);		\\
	} while (0)
#ifdef DEBUG
#define say_debug(thing, fmt, ...) say(thing, fmt, ##__VA_ARGS__)
#else
#define say_debug(thing, fmt, ...) do { } while (0)
#endif
#define say_and_mark(thing, fmt, ...)				\\
	do { say(thing, fmt, ##__VA_ARGS__); (thing)->broken = true; } while (0)
#define say_and_call(thing, fmt, ...)				\\
	do { say(thing, fmt, ##__VA_ARGS__); reset(thing); } while (0)
#define say_and_leave(thing, fmt, ...)				\\
	do { say(thing, fmt, ##__VA_ARGS__); return -EIO; } while (0)
#ifdef CHECKED
#define say_checked(thing, fmt, ...) do { say(thing, fmt); halt(); } while (0)
#else
#define say_checked(thing, fmt, ...) say(thing, fmt, ##__VA_ARGS__)
#endif
#ifdef __KERNEL__
#define say_all(fmt, ...) talk(fmt, ##__VA_ARGS__)
#else
#define say_all(fmt, ...) put(stream, fmt, ##__VA_ARGS__)
#endif
"""

_BITS = """\
static inline unsigned long first_free(const unsigned long *map, unsigned long size)
{
	unsigned long value = ~map[0];

	return value ? low_bit(value) : size;
}
static inline unsigned long first_from(const unsigned long *map, unsigned long size)
{
	unsigned long found = first_free(map, size);

	return found;
}
static inline unsigned long weigh(const unsigned long *map, unsigned long size)
{
	return weight_of(*map & (size - 1));
}
static inline unsigned long set_all(unsigned long *map, unsigned long size)
{
	map[0] = ~0UL;
	return size;
}
static inline int id_get_range(struct ids *ids, unsigned int min, gfp_t flags)
{
	if (ids->next < min)
		return ids->next++;
	return -ENOSPC;
}
static inline int id_get(struct ids *ids, gfp_t flags)
{
	return id_get_range(ids, 0, flags);
}
static inline int id_open(struct ids *ids, struct device *dev, gfp_t flags)
{
	if (!dev)
		return -ENOSPC;
	return 0;
}
static inline int cannot_map(struct device *dev, dma_addr_t address)
{
	note(dev, address);
	if (unlikely(address == NOWHERE))
		return -ENOMEM;
	return 0;
}
static inline int cannot_map_page(struct device *dev, dma_addr_t address)
{
	return cannot_map(dev, address);
}
static inline int cannot_reach(struct device *dev, dma_addr_t address)
{
	if (address > dev->limit)
		return -ERANGE;
	return address ? 0 : -ENOMEM;
}
static inline unsigned long swap_in(volatile void *place, unsigned long value)
{
	unsigned long old = *(unsigned long *)place;

	*(unsigned long *)place = value;
	return old;
}
static inline unsigned long take(struct device *dev)
{
	return swap_in(&dev->taken, 1);
}
static inline unsigned long look(volatile void *place, unsigned long value)
{
	unsigned long old = *(unsigned long *)place;

	return old & value;
}
static inline void *load(struct array *array, unsigned long index)
{
	STATE(state, array, index);
	return entry_of(&state);
}
static inline void *entry_of(struct state *state)
{
	return state->entry;
}
#define is_even(x, a) (((x) & ((a) - 1)) == 0)
#define is_none(x) (!(x))
#define hand_on(first, ...) combine(first, ##__VA_ARGS__)
static inline int combine(int one, int two, int three)
{
	return one + three;
}
"""


_CLAIMS = """\
static inline bool try_lock(struct mutex *lock) { return grab(&lock->owner); }
static inline int users(const atomic_t *count) { return count->counter; }
static inline int set_first(unsigned int nr, volatile unsigned long *map) { return grab(map); }
static inline int users_of(struct thing *thing) { return users(&thing->users); }
static inline void lock(struct mutex *lock) { grab(&lock->owner); }
static inline bool in_list(const struct list_head *head) { return walk_of(head); }
static inline bool none_in(const struct list_head *head) { return READ_ONCE(head->next) == head; }
static inline bool is_set(unsigned int nr, const unsigned long *map) { return map[0] >> nr & 1; }
static inline bool no_bit(const unsigned long *map, unsigned long size)
{
	return first_free(map, size) == size;
}
static inline bool is_wide(const struct thing *thing) { return thing->width > 32; }
static inline int counted(struct thing *thing) { return thing->count++; }
static inline int count_on(struct thing *thing) { return is_wide(thing) + counted(thing); }
static inline int sum(const struct thing *thing)
{
	int total = 0;

	say_err(thing, "asked");
	for (int i = 0; i < 4; i++)
		total += thing->parts[i] + is_wide(thing);
	return total;
}
#define twice(x) ({ typeof(x) _x = (x); _x + _x; })
#define NAMED(text) MY_NAME ": " text
#define say_named(thing, fmt, ...) say(thing, MY_LEVEL NAMED(fmt), ##__VA_ARGS__)
"""


class _Texts:
    """Headers that are searched in full for each name."""

    def __init__(self, **texts: str) -> None:
        self._texts = {f"include/{name}.h": text.encode() for name, text in texts.items()}

    def find(self, names: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        return {name: tuple(self._texts) for name in names}

    def declared(self, name: str) -> tuple[str, ...]:
        return tuple(self._texts)

    def text(self, path: str) -> bytes:
        return self._texts.get(path, b"")


@pytest.fixture(scope="module")
def behaviours() -> Behaviours:
    return Behaviours(Library(_Texts(log=_LOG, bits=_BITS, claims=_CLAIMS)))


@pytest.mark.parametrize(
    "name",
    ["say", "talk", "say_err", "say_alias", "say_once", "say_seldom", "say_here", "say_debug",
     "say_all", "say_named"],
)  # fmt: skip
def test_a_printer_is_told_by_its_format(behaviours: Behaviours, name: str) -> None:
    found = behaviours.of(name, "driver.c")
    assert found is not None and found.prints


@pytest.mark.parametrize(
    "name",
    ["fill", "start", "stop", "measure", "say_at", "say_and_mark", "say_and_call",
     "say_and_leave", "say_checked", "first_free", "unheard_of"],
)  # fmt: skip
def test_what_does_more_than_log_is_no_printer(behaviours: Behaviours, name: str) -> None:
    found = behaviours.of(name, "driver.c")
    assert found is None or not found.prints


@pytest.mark.parametrize("name", ["first_free", "first_from", "id_get_range", "id_get"])
def test_a_search_hands_back_its_size_or_says_that_there_is_no_space(
    behaviours: Behaviours, name: str
) -> None:
    found = behaviours.of(name, "driver.c")
    assert found is not None
    assert [root.kind for root in found.value] == [RootKind.SEARCH]


@pytest.mark.parametrize("name", ["weigh", "set_all", "id_open", "cannot_map"])
def test_what_counts_or_writes_or_opens_is_no_search(behaviours: Behaviours, name: str) -> None:
    found = behaviours.of(name, "driver.c")
    assert found is not None
    assert RootKind.SEARCH not in {root.kind for root in found.value}


@pytest.mark.parametrize(
    ("name", "maps"),
    [("cannot_map", True), ("cannot_map_page", True), ("cannot_reach", False), ("id_get", False)],
)
def test_an_address_that_is_judged_by_enomem_alone_could_not_be_mapped(
    behaviours: Behaviours, name: str, maps: bool
) -> None:
    found = behaviours.of(name, "driver.c")
    assert found is not None and found.maps is maps


def test_a_truth_about_a_value_is_told_from_a_test_for_nothing(behaviours: Behaviours) -> None:
    even, none = behaviours.of("is_even", "driver.c"), behaviours.of("is_none", "driver.c")
    assert even is not None and even.truth and not even.emptiness
    assert none is not None and none.truth and none.emptiness


def test_the_arguments_behind_the_last_of_a_macro_are_not_lost(behaviours: Behaviours) -> None:
    found = behaviours.of("hand_on", "driver.c")
    assert found is not None
    assert found.open or {root.name for root in found.value} == {"0", "rest"}


@pytest.mark.parametrize(("name", "held"), [("swap_in", True), ("take", True), ("look", False)])
def test_an_exchange_tells_that_something_may_be_taken(
    behaviours: Behaviours, name: str, held: bool
) -> None:
    found = behaviours.of(name, "driver.c")
    assert found is not None and found.held is held


def test_a_variable_that_a_macro_declares_is_not_known(behaviours: Behaviours) -> None:
    found = behaviours.of("load", "driver.c")
    assert found is not None and found.open


@pytest.mark.parametrize(
    ("name", "held"),
    [
        ("try_lock", True), ("users", True), ("set_first", True), ("users_of", True),
        ("in_list", True), ("none_in", True), ("no_bit", True),
        ("lock", False), ("is_set", False), ("is_wide", False), ("counted", False),
    ],
)  # fmt: skip
def test_who_has_what_a_lock_a_count_or_a_collection_tells_is_not_known(
    behaviours: Behaviours, name: str, held: bool
) -> None:
    found = behaviours.of(name, "driver.c")
    assert found is not None and found.held is held


def test_a_list_of_nothing_points_to_itself(behaviours: Behaviours) -> None:
    none, some = behaviours.of("none_in", "driver.c"), behaviours.of("is_wide", "driver.c")
    assert none is not None and none.emptiness and not none.open
    assert some is not None and not some.emptiness


def test_that_a_map_is_empty_is_no_search_that_failed(behaviours: Behaviours) -> None:
    found = behaviours.of("no_bit", "driver.c")
    assert found is not None
    assert {root.kind for root in found.value} == {RootKind.PARAMETER}


@pytest.mark.parametrize(
    ("name", "idle"),
    [
        ("is_wide", True), ("is_set", True), ("sum", True), ("twice", True), ("is_even", True),
        ("counted", False), ("count_on", False), ("swap_in", False), ("set_all", False),
        ("cannot_map", False),
    ],
)  # fmt: skip
def test_what_writes_to_its_own_variables_alone_is_idle(
    behaviours: Behaviours, name: str, idle: bool
) -> None:
    found = behaviours.of(name, "driver.c")
    assert found is not None and found.idle is idle
