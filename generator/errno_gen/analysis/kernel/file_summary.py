# SPDX-License-Identifier: GPL-2.0-only
"""What one file says of its functions by itself: the local half of errno summaries.

Facts depend on nothing but the bytes of the file, so they can be kept by its blob id.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from errno_gen.analysis.apis import kernel_apis
from errno_gen.analysis.c.graph.cfg import Kind
from errno_gen.analysis.c.program import Function, Program
from errno_gen.analysis.c.text.syntax import (
    call_name,
    condensed,
    errno_constant,
    strip,
    text_of,
    walk,
)
from errno_gen.analysis.flow.kinds import SIGNED, ValueKind, by_type, literals, numbers
from errno_gen.analysis.flow.numbers import NUMBER
from errno_gen.analysis.flow.sites import SourceFinder
from errno_gen.analysis.flow.sources import Call, Sources
from errno_gen.model import SourceFile

_ERRNO = re.compile(r"-\s*(E[A-Z0-9]{2,})\b")
_ANY = "E*"


@dataclass(frozen=True, slots=True)
class ConstantFact:
    """An errno constant that can leave a function: its name and line."""

    errno: str
    line: int


@dataclass(frozen=True, slots=True)
class CallFact:
    """A call whose value can leave a function.

    ``names`` are the functions that it may mean, () for a pointer that the file does not
    resolve (``text`` says which); ``excluded`` are errnos that the caller does not hand on;
    ``wrapped`` tells that the errno is taken out of a pointer; ``positive`` that a number
    above 0 is handed on too, ``failing`` that such a number is taken for a failure.
    """

    names: tuple[str, ...]
    text: str
    line: int
    excluded: tuple[str, ...] = ()
    wrapped: bool = False
    positive: bool = True
    failing: bool = False


@dataclass(frozen=True, slots=True)
class FunctionFacts:
    """One definition. ``kinds`` are what its type and its literal values say.

    ``complete`` is False where some returned value cannot be followed.
    """

    name: str
    path: str
    line: int
    static: bool
    kinds: tuple[ValueKind, ...]
    constants: tuple[ConstantFact, ...]
    calls: tuple[CallFact, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class FileFacts:
    """All definitions of one file, in source order."""

    path: str
    functions: tuple[FunctionFacts, ...]


def file_facts(source: SourceFile) -> FileFacts:
    """The facts of a file: functions, and macros whose body is an expression."""
    program = Program([source], kernel_apis())
    finder = SourceFinder(program)
    functions = [_facts(function, program, finder) for function in program.functions()]
    functions.extend(_macro_facts(macro, program) for macro in program.macros())
    functions.sort(key=lambda facts: facts.line)
    return FileFacts(source.path, tuple(functions))


def _facts(function: Function, program: Program, finder: SourceFinder) -> FunctionFacts:
    sources = finder.of(function)
    fixed = by_type(function)
    kinds = {fixed} if fixed is not None else literals(function, program.apis)
    compared = {
        name
        for node in walk(function.node)
        if node.type in ("binary_expression", "case_statement")
        for child in node.named_children
        if (name := errno_constant(child)) is not None
    }
    return FunctionFacts(
        name=function.name,
        path=function.path,
        line=function.line,
        static=function.static,
        kinds=tuple(sorted(kinds)),
        constants=tuple(
            ConstantFact(constant.errno, function.line_of(constant.node))
            for constant in sources.constants
            if constant.form != NUMBER  # a code of its own, see ``kinds``
        ),
        calls=tuple(
            fact
            for call in sources.calls
            if call.access is None
            and (fact := _call(call, function, program, finder, compared)) is not None
        ),
        complete=_complete(sources, function),
    )


def _complete(sources: Sources, function: Function) -> bool:
    """Whether the calls and constants are all that can leave; an open pointer is a call."""
    called = {call.node.start_byte for call in sources.calls}
    rest = [value for value in sources.opaque if value.node.start_byte not in called]
    return not rest and all(
        call.access is None or _is_number(call, function) for call in sources.calls
    )


def _is_number(call: Call, function: Function) -> bool:
    """Whether what a callee fills in is declared as what holds no errno: its kind is known."""
    kind = function.locals.get(call.definition.key) if call.definition is not None else None
    return kind is not None and not kind.pointers and kind.name not in SIGNED


def _call(
    call: Call, function: Function, program: Program, finder: SourceFinder, compared: set[str]
) -> CallFact | None:
    if not finder.can_leave(function, call, _ANY):
        return None
    excluded = tuple(
        name for name in sorted(compared) if not finder.can_leave(function, call, name)
    )
    names = program.called_names(call.node, function, call.block)
    text = condensed(call.node.child_by_field_name("function"))
    line = call.node.start_point[0] + 1
    handed = numbers(finder, function, call)
    return CallFact(names, text, line, excluded, call.wrapped, *handed)


def _macro_facts(macro: Function, program: Program) -> FunctionFacts:
    """A macro: any errno that its body names may come out of it, else what its value says."""
    constants = {ConstantFact(match, macro.line) for match in _ERRNO.findall(text_of(macro.node))}
    calls = [
        CallFact((name,), name, macro.line) for name in dict.fromkeys(program.value_calls(macro))
    ]
    return FunctionFacts(
        name=macro.name,
        path=macro.path,
        line=macro.line,
        static=True,
        kinds=tuple(sorted(_macro_kinds(macro, program, bool(constants)))),
        constants=tuple(sorted(constants, key=lambda constant: constant.errno)),
        calls=tuple(calls),
        complete=True,
    )


def _macro_kinds(macro: Function, program: Program, errnos: bool) -> set[ValueKind]:
    """What a macro's value says by itself; nothing for one that is a call and no more.

    Whatever else makes errnos, or cannot be read, is open: a statement expression may do
    anything with what it calls.
    """
    found = literals(macro, program.apis)
    values = [block.expression for block in macro.graph.blocks if block.kind is Kind.RETURN]
    plain = [strip(value) for value in values if value is not None]
    handed = len(values) == 1 == len(plain) and bool(call_name(plain[0]))
    if any(
        node.type == "compound_statement" and node.parent.type == "parenthesized_expression"
        for node in walk(macro.node)
        if node.parent is not None
    ):
        handed = False
    stub = {text_of(node) for node in plain} == {"0"}
    if handed or stub or (found and not errnos):
        return found
    return found | {ValueKind.OPEN}
