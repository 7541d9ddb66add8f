# SPDX-License-Identifier: GPL-2.0-only
"""Definitions cut out of a text: where they begin and end, and what is none."""

from __future__ import annotations

import pytest

from errno_gen.analysis.c.excerpts import functions_in, macros_in, prototypes_in

SOURCE = b"""\
#include <linux/io.h>
int first(int a); /* first(a) of old */

static inline unsigned long
__must_check first(int a)
{
	if (a) { /* } */
		call("}", '}'); // }
	}
	return first(a - 1);
}

#define SECOND(a) \\
	first(a)
#define second first /* the same, \\
	in other words */

struct box *third(struct box *b,
		  int (*each)(int))
	__acquires(b)
{
	return b;
}

int not_first(int a)
{
	return first(a);
}

void *fourth(gfp_t flags) __malloc
	__alloc_size(1);
#ifdef CONFIG_FIFTH
int fifth(void) { return 1; }
#else
int fifth(void) { return 0; }
#endif
int sixth(void)
{
	return 1;
"""


def functions(name: str) -> list[str]:
    return [cut.decode() for cut in functions_in(SOURCE, name)]


def test_a_function_is_cut_with_its_type_and_up_to_its_own_brace() -> None:
    (cut,) = functions("first")
    assert cut.startswith("static inline unsigned long\n__must_check first(int a)\n{")
    assert cut.endswith("return first(a - 1);\n}")


def test_parameters_may_be_functions_and_attributes_may_follow() -> None:
    (cut,) = functions("third")
    assert cut.startswith("struct box *third(")
    assert cut.endswith("return b;\n}")


def test_both_arms_of_a_configuration_are_definitions() -> None:
    assert functions("fifth") == ["int fifth(void) { return 1; }", "int fifth(void) { return 0; }"]


@pytest.mark.parametrize("name", ["fourth", "sixth", "call", "SECOND", "none", "irst"])
def test_what_has_no_body_or_another_name_is_none(name: str) -> None:
    assert functions(name) == []


def test_a_declaration_has_its_attributes() -> None:
    (cut,) = prototypes_in(SOURCE, "fourth")
    assert cut.decode() == "void *fourth(gfp_t flags) __malloc\n\t__alloc_size(1);"
    assert [cut.decode() for cut in prototypes_in(SOURCE, "first")] == ["int first(int a);"]
    assert list(prototypes_in(SOURCE, "third")) == []


def test_a_macro_is_cut_with_its_continued_lines_and_without_comments() -> None:
    assert list(macros_in(SOURCE, "SECOND")) == [b"#define SECOND(a) \\\n\tfirst(a)\n"]
    (cut,) = macros_in(SOURCE, "second")
    assert cut.split() == [b"#define", b"second", b"first"]
    assert list(macros_in(SOURCE, "SECON")) == []
