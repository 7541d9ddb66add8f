# SPDX-License-Identifier: GPL-2.0-only
"""Listings of objects: what has only moved is the same, everything else is told by name."""

from __future__ import annotations

import pytest

from errno_gen.tools.objects.elf import ElfObject, Relocation, Symbol, stable
from errno_gen.tools.objects.objcode import CodeChange, Listing, compare, function_of, list_code

_STRINGS = b"one\0two\0"


def elf(*symbols: Symbol, relocations: dict[int, Relocation] | None = None) -> ElfObject:
    """An object with code in section 1, strings in 2 and variables in 3."""
    return ElfObject(
        names=["", ".text", ".rodata.str1.1", ".data"],
        sizes=[0, 64, len(_STRINGS), 16],
        executable=frozenset({1}),
        contents={2: _STRINGS, 3: bytes(range(16))},
        symbols=symbols,
        relocations={1: relocations or {}},
    )


def text(*lines: str) -> str:
    return "\n".join(("Disassembly of section .text:", "", *lines))


def function(name: str, offset: int, size: int) -> Symbol:
    return Symbol(name, 1, offset, size, "STT_FUNC")


def call(offset: int, name: str) -> Relocation:
    return Relocation(offset, "R_X86_64_PLT32", name, None, 0, -4, False)


def string(offset: int, where: int) -> Relocation:
    return Relocation(offset, "R_X86_64_32S", "", 2, 0, where, False)


def test_branches_inside_a_function_go_to_labels_and_others_by_name() -> None:
    disassembly = text(
        "0000000000000010 <foo>:",
        "  10:\tje     17 <foo+0x7>",
        "  12:\tcall   30 <bar>",
        "  17:\tjmp    30 <bar>",
        "  19:\tnopw   0x0(%rax,%rax,1)",
    )
    listing = list_code(elf(function("foo", 16, 9), function("bar", 48, 4)), disassembly)
    assert listing.functions == {
        "foo": ("foo:", "je L0", "call * {bar}", "L0:", "jmp * {bar}"),
    }


def test_relocations_are_told_by_name_and_strings_by_their_text() -> None:
    disassembly = text(
        "0000000000000000 <foo>:",
        "   0:\tmov    $0x0,%rdi",
        "   7:\tcall   c <foo+0xc>",
    )
    relocations = {3: string(3, 4), 8: call(8, "_dev_err")}
    listing = list_code(elf(function("foo", 0, 12), relocations=relocations), disassembly)
    assert listing.functions["foo"] == (
        "foo:",
        'mov $0x0,%rdi {R_X86_64_32S "two"}',
        "call * {R_X86_64_PLT32 _dev_err}",
    )


def test_what_a_function_refers_to_may_move() -> None:
    disassembly = text("0000000000000000 <foo>:", "   0:\tmov    $0x0,%rdi")
    shorter = ElfObject(
        ["", ".text", ".rodata.str1.1"], [0, 7, 4], frozenset({1}), {2: b"two\0"},
        (function("foo", 0, 7),), {1: {3: string(3, 0)}},
    )  # fmt: skip
    one = list_code(elf(function("foo", 0, 7), relocations={3: string(3, 4)}), disassembly)
    assert compare(one, list_code(shorter, disassembly)).changes == ()


def test_parts_of_a_function_belong_to_it_and_constructors_to_none() -> None:
    disassembly = text(
        "0000000000000000 <foo.isra.0>:",
        "   0:\tret",
        "0000000000000010 <foo.cold>:",
        "  10:\tud2",
        "0000000000000020 <_sub_I_65535_1>:",
        "  20:\tret",
    )
    listing = list_code(elf(function("foo.isra.0", 0, 1)), disassembly)
    assert listing.functions == {"foo": ("foo.cold:", "ud2", "foo.isra:", "ret")}


@pytest.mark.parametrize(
    ("symbol", "name"),
    [("foo.constprop.0.isra.0", "foo"), ("foo.part.0.cold", "foo"), (".foo", "foo")],
)
def test_a_part_is_named_by_its_function(symbol: str, name: str) -> None:
    assert function_of(symbol) == name


def test_numbers_that_a_compiler_counts_do_not_matter() -> None:
    assert stable("__key.17") == stable("__key.3")
    assert stable("__UNIQUE_ID_ddebug1234.5") == stable("__UNIQUE_ID_ddebug999.7")
    assert stable("level2_table") == "level2_table"


def test_a_local_static_is_told_by_its_contents() -> None:
    disassembly = text("0000000000000000 <foo>:", "   0:\tmov    $0x0,%rdi")
    relocations = {3: Relocation(3, "R_X86_64_32S", "", 3, 0, 8, False)}
    symbols = function("foo", 0, 7), Symbol("table.5", 3, 8, 4, "STT_OBJECT")
    before = elf(*symbols, relocations=relocations)
    after = elf(*symbols, relocations=relocations)
    after.contents[3] = bytes(16)
    found = compare(list_code(before, disassembly), list_code(after, disassembly))
    assert [one.function for one in found.changes] == ["foo"]


def test_a_variable_that_differs_is_named() -> None:
    ops = Symbol("ops", 3, 0, 8, "STT_OBJECT")
    after = elf(ops)
    after.contents[3] = bytes(16)
    assert compare(list_code(elf(ops), ""), list_code(after, "")).data == ("ops",)


def changed(before: tuple[str, ...], after: tuple[str, ...]) -> CodeChange:
    (change,) = compare(Listing({"f": before}, {}), Listing({"f": after}, {})).changes
    return change


@pytest.mark.parametrize(
    ("before", "after", "numbers"),
    [
        ("mov $0xfffffff0,%eax", "mov $0xffffffea,%eax", (-16, -22)),
        ("mov $0xfffffffffffffff0,%rax", "mov $0xffffffffffffffea,%rax", (-16, -22)),
        ("mov w0, #0xfffffff0", "mov w0, #0xffffffea", (-16, -22)),
        ("li r3,-16", "li r3,-22", (-16, -22)),
        ("lghi %r2,-16", "lghi %r2,-22", (-16, -22)),
        (".word 0xfffffff0", ".word 0xffffffea", (-16, -22)),
        (
            'mov $0x0,%rax {R_X86_64_32S "1 32 8 5 ret:12"}',
            'mov $0x0,%rax {R_X86_64_32S "1 32 8 5 ret:13"}',
            (12, 13),
        ),
    ],
)
def test_other_numbers_in_the_same_instructions(
    before: str, after: str, numbers: tuple[int, int]
) -> None:
    change = changed((before, "ret"), (after, "ret"))
    assert (change.kind, change.numbers) == ("immediates", (numbers,))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("mov 0x10(%rdi),%eax", "mov 0x18(%rdi),%eax"),
        ("ldr x0, [x1, #16]", "ldr x0, [x1, #24]"),
        ("mov $0x1,%eax", "mov $0x1,%edx"),
        ("li r3,-16", "li r4,-16"),
        ('mov $0x0,%rdi {R_X86_64_32S "at line 1"}', 'mov $0x0,%rdi {R_X86_64_32S "at line 2"}'),
    ],
)
def test_other_instructions(before: str, after: str) -> None:
    assert changed((before,), (after,)) == CodeChange("f", "instructions")


def test_arm_loads_a_constant_in_several_ways() -> None:
    arm = ElfObject(["", ".text"], [0, 4], frozenset({1}), {}, (function("f", 0, 4),), {})
    ways = ("mvn\tr0, #21\t@ 0x15", "movw\tr0, #65514", "mov\tr0, #3")
    lines = [
        list_code(arm, text("00000000 <f>:", f"   0:\t{way}")).functions["f"][1] for way in ways
    ]
    assert lines == ["mov r0, #-22", "mov r0, #65514", "mov r0, #3"]


def test_functions_that_come_and_go() -> None:
    found = compare(
        Listing({"a": ("ret",), "c": ("ret",)}, {}), Listing({"b": (), "c": ("ret",)}, {})
    )
    assert [(one.function, one.kind) for one in found.changes] == [("a", "gone"), ("b", "new")]
    assert found.identical == 1
