# SPDX-License-Identifier: GPL-2.0-only
"""Functions and macros of a tree, found by name: which of them a call can mean."""

from __future__ import annotations

import pytest

from errno_gen.analysis.c.program import Function
from errno_gen.analysis.c.text.syntax import condensed
from errno_gen.analysis.c.treesource import REST, Library
from treetexts import TreeTexts

FILES = {
    "include/linux/box.h": """\
struct box { int size; };
int box_open(struct box *b);
static inline int box_size(struct box *b) { return b->size; }
#ifdef CONFIG_BOX
int box_ready(struct box *b);
#else
static inline int box_ready(struct box *b) { return 0; }
#endif
#define box_get(b) box_size(b)
#define box_first(b, ...) box_of(b, __VA_ARGS__)
#define box_named(b, rest...) box_of(b, rest)
#define box_both(b) box_named(b, 1, b)
#define box_alias box_size
#define box_loop(b) do { box_open(b); } while (0)
#define box_wrong(b) ) (
#define box_new(p) ({ __auto_type _p = alloc(sizeof(typeof(*(p)))); _p; })
void __iomem *box_map(struct box *b);
static inline u32 box_read(const volatile void __iomem *addr) { return *(u32 *)addr; }
""",
    "lib/box.c": """\
int box_open(struct box *b) { return b ? 0 : -EINVAL; }
int box_ready(struct box *b) { return b->size > 0; }
static int box_hidden(struct box *b) { return 1; }
static bool box_debug;
""",
    "lib/other.c": "static int box_open(struct box *b) { return 7; }\n",
    "arch/alpha/box.c": "int box_tune(struct box *b) { return 1; }\n",
    "arch/beta/box.c": "int box_tune(struct box *b) { return 2; }\n",
    "arch/beta/boot/box.c": "int box_open(struct box *b) { return 3; }\n",
    "lib/tests/box.c": "int box_open(struct box *b) { return 4; }\n",
}


@pytest.fixture
def library() -> Library:
    return Library(TreeTexts(FILES))


def places(found: tuple[Function, ...]) -> list[str]:
    return [function.path for function in found]


def test_a_function_of_the_file_hides_all_others(library: Library) -> None:
    assert places(library.resolve("box_open", "lib/other.c")) == ["lib/other.c"]
    assert places(library.resolve("box_open", "drivers/mine.c")) == ["lib/box.c"]


def test_a_static_function_of_another_file_is_not_seen(library: Library) -> None:
    assert library.resolve("box_hidden", "drivers/mine.c") == ()
    assert places(library.resolve("box_hidden", "lib/box.c")) == ["lib/box.c"]


def test_a_stub_of_a_header_stands_beside_the_function(library: Library) -> None:
    found = library.resolve("box_ready", "drivers/mine.c")
    assert places(found) == ["include/linux/box.h", "lib/box.c"]


def test_of_architectures_the_first_answers(library: Library) -> None:
    assert places(library.resolve("box_tune", "drivers/mine.c")) == ["arch/alpha/box.c"]


def test_a_macro_is_a_function_of_what_it_expands_to(library: Library) -> None:
    (found,) = library.resolve("box_get", "drivers/mine.c")
    assert [name for name, _ in found.parameters] == ["b"]
    assert condensed(found.node).endswith("{ return box_size ( b ); }")
    macro = library.macro("box_get")
    assert macro is not None
    assert (macro.parameters, macro.called) == (("b",), {"box_size"})


def test_a_macro_that_has_no_value_is_run(library: Library) -> None:
    macro = library.macro("box_loop")
    assert macro is not None
    assert macro.function is not None
    assert "return" not in condensed(macro.function.node)


def test_further_arguments_are_one_parameter(library: Library) -> None:
    for name in ("box_first", "box_named"):
        macro = library.macro(name)
        assert macro is not None
        assert macro.parameters == ("b", REST)
        assert macro.function is not None
        assert condensed(macro.function.node).endswith(f"return box_of ( b , {REST} ); }}")
    (given,) = library.resolve("box_both", "drivers/mine.c")
    assert condensed(given.node).endswith("return box_of ( b , 1 , b ); }")


def test_what_a_macro_without_parameters_stands_for(library: Library) -> None:
    macro = library.macro("box_alias")
    assert macro is not None
    assert (macro.alias, macro.function) == ("box_size", None)


def test_types_that_the_compiler_finds_out_are_no_obstacle(library: Library) -> None:
    macro = library.macro("box_new")
    assert macro is not None
    assert macro.function is not None
    assert "alloc" in macro.called


def test_what_is_no_c_has_no_body(library: Library) -> None:
    macro = library.macro("box_wrong")
    assert macro is not None
    assert macro.function is None
    assert library.resolve("box_wrong", "drivers/mine.c") == ()
    assert library.macro("box_open") is None
    assert library.resolve("box_none", "drivers/mine.c") == ()


def test_a_function_that_gets_registers_reads_hardware(library: Library) -> None:
    (reads,) = library.resolve("box_read", "drivers/mine.c")
    (plain,) = library.resolve("box_size", "drivers/mine.c")
    assert library.reads_hardware(reads)
    assert not library.reads_hardware(plain)


def test_declarations_and_variables_of_files(library: Library) -> None:
    assert library.prototypes("box_map") == (b"void __iomem *box_map(struct box *b);",)
    assert library.is_global("box_debug", "lib/box.c")
    assert not library.is_global("box_debug", "lib/other.c")


def test_each_name_is_looked_up_and_parsed_once() -> None:
    texts = TreeTexts(FILES)
    library = Library(texts)
    first = library.resolve("box_size", "drivers/mine.c")
    asked = texts.asked.count("box_size")
    assert library.resolve("box_size", "drivers/yours.c") == first
    assert library.resolve("box_get", "drivers/mine.c") == library.resolve("box_get", "a.c")
    assert library.macro("box_get") is library.macro("box_get")
    assert asked == 2  # as a macro and as a function
