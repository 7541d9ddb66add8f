# SPDX-License-Identifier: GPL-2.0-only
"""Kbuild Makefiles, read without make."""

from __future__ import annotations

import pytest

from errno_gen.tools.kernel.makefile import Condition, Makefile, Member


def members(text: str) -> dict[str, Member]:
    return {member.path: member for member in Makefile("drivers/x", text).members}


def needs(member: Member) -> list[str]:
    return [str(condition) for condition in member.conditions]


def test_objects_and_folders_with_their_symbols() -> None:
    found = members(
        "obj-y += sub/ plain.o\n"
        "obj-$(CONFIG_A)\t+= a.o \\\n\t\tb.o # and a comment.o\n"
        "obj-${CONFIG_D} += dir/\nobj-m += mod.o\n"
    )
    assert list(found) == ["sub/", "plain.o", "a.o", "b.o", "dir/", "mod.o"]
    assert (found["plain.o"].symbol, needs(found["plain.o"])) == ("", [])
    assert (found["b.o"].symbol, needs(found["b.o"])) == ("CONFIG_A", ["CONFIG_A"])
    assert needs(found["dir/"]) == ["CONFIG_D"]


def test_composite_modules_in_all_their_spellings() -> None:
    found = members(
        "obj-$(CONFIG_A) += a.o\na-objs := one.o\na-y += two.o\na-$(CONFIG_EXTRA) += three.o\n"
        "obj-$(CONFIG_B) += b.o\nb-objs-y += four.o\nb-objs-$(CONFIG_SVA) += five.o\n"
        "b-objs := $(b-objs-y)\n"
    )
    assert {found[name].module for name in ("one.o", "two.o", "three.o")} == {"a"}
    assert needs(found["one.o"]) == ["CONFIG_A"]
    assert needs(found["three.o"]) == ["CONFIG_A", "CONFIG_EXTRA"]
    assert found["three.o"].symbol == "CONFIG_A"
    assert found["four.o"].module == "b"
    assert needs(found["five.o"]) == ["CONFIG_B", "CONFIG_SVA"]


@pytest.mark.parametrize(
    ("condition", "then", "otherwise"),
    [
        ("ifdef CONFIG_X", "CONFIG_X", "!CONFIG_X"),
        ("ifndef CONFIG_X", "!CONFIG_X", "CONFIG_X"),
        ("ifeq ($(CONFIG_X),y)", "CONFIG_X", "!CONFIG_X"),
        ('ifeq ("$(CONFIG_X)", "y")', "CONFIG_X", "!CONFIG_X"),
        ("ifneq ($(CONFIG_X),)", "CONFIG_X", "!CONFIG_X"),
        ("ifneq ($(CONFIG_X),y)", "!CONFIG_X", "CONFIG_X"),
        ("ifeq ($(CONFIG_X),)", "!CONFIG_X", "CONFIG_X"),
    ],
)
def test_conditionals(condition: str, then: str, otherwise: str) -> None:
    found = members(f"{condition}\nobj-y += a.o\nelse\nobj-y += b.o\nendif\nobj-y += c.o\n")
    assert needs(found["a.o"]) == [then]
    assert needs(found["b.o"]) == [otherwise]
    assert needs(found["c.o"]) == []


def test_conditionals_nest_and_an_unknown_one_asks_for_nothing() -> None:
    found = members(
        "ifdef CONFIG_X\nifeq ($(ARCH),arm)\nobj-$(CONFIG_A) += a.o\nendif\nendif\n"
        "ifdef CONFIG_P\nelse ifdef CONFIG_Q\nobj-y += q.o\nendif\nobj-y += z.o\n"
    )
    assert needs(found["a.o"]) == ["CONFIG_X", "CONFIG_A"]
    assert needs(found["q.o"]) == ["!CONFIG_P", "CONFIG_Q"]
    assert needs(found["z.o"]) == []


def test_what_only_make_can_know_yields_nothing() -> None:
    found = members(
        "obj-y += $(patsubst %.c,%.o,$(wildcard *.c)) known.o\n\tobj-y += recipe.o\n"
        "ccflags-y += -DX=y.o\na-objs := $(a-objs)\nobj-y += a.o\nendif\n"
    )
    assert list(found) == ["known.o", "a.o"]


def test_included_files() -> None:
    texts = {"drivers/x/deep/Kbuild": "big-y += deep/part.o\n"}
    makefile = Makefile(
        "drivers/x", "include $(src)/deep/Kbuild\nobj-$(CONFIG_B) += big.o\n", texts.get
    )
    assert [member.path for member in makefile.members] == ["big.o", "deep/part.o"]


def test_conditions_say_themselves() -> None:
    assert [str(Condition("CONFIG_A")), str(Condition("CONFIG_A", False))] == [
        "CONFIG_A",
        "!CONFIG_A",
    ]
