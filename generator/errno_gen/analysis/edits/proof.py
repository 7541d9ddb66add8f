# SPDX-License-Identifier: GPL-2.0-only
"""The proof of a rewrite: the old file, the plan and the new file, compared lexeme by lexeme.

The idea is black's: do not trust the tool that rewrote, compare before and after. It
shares no code with what marks, cuts, merges and tidies, but for what a removed statement
takes with it (layout.gone).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from errno_gen.analysis.apis import kernel_apis
from errno_gen.analysis.c.text.layout import gone
from errno_gen.analysis.c.text.lexer import COMMENT, DIRECTIVE, Lexeme, encode, lex, line_of
from errno_gen.analysis.c.text.syntax import mask, parse
from errno_gen.analysis.edits.conversion_proof import converts, stands_in_list
from errno_gen.analysis.edits.division_proof import only_divides
from errno_gen.analysis.edits.variable_proof import declares
from errno_gen.errors import ProofError
from errno_gen.model import Edit

_DROP = "drop-print"
_DEBUG = "debug-print"
_SPLIT = "split"
_KAPI = "kapi"
_ACTS = frozenset((b"=", b"++", b"--", b"+=", b"-=", b"|=", b"&=", b"^=", b"*=", b"/=", b"%=",
                   b"<<=", b">>=", b"return", b"goto", b"break", b"continue", b"for", b"while",
                   b"do", b"switch", b"case", b"default", b"asm"))  # fmt: skip
_NO_BODY = frozenset((b"if", b"for", b"while", b"do", b"switch", b"else", b"case", b"default"))


def prove(path: str, before: bytes, after: bytes, edits: Sequence[Edit]) -> None:
    """Raise ProofError unless ``after`` is ``before`` with exactly the planned edits.

    A split may do no more than set one errno, declare a variable for it, or divide an ``if``
    that leaves between the halves of its condition; a conversion no more than replace one errno
    of a variable, or of a call that is returned, by another; a debug message no more than have
    the name of one; an ``if`` that goes no more than log. Allowed beyond the plan: white space
    between lexemes, and pairs of braces around one plain statement, next to a dropped message.
    Comments stay, but for those that go with a dropped statement. The syntax may not have
    become worse.
    """
    for edit in edits:
        if edit.kind == _SPLIT and not (
            _only_sets(edit) or _only_divides(edit) or declares(before, edit)
        ):
            raise ProofError(f"{edit.location}: the plan does more than set one errno")
        if edit.kind == _DROP and not _only_tests(edit):
            raise ProofError(f"{edit.location}: the plan drops more than messages")
        if edit.kind == _DEBUG and not _only_quiets(edit, before):
            raise ProofError(f"{edit.location}: the plan does more than name a debug message")
        if edit.kind == _KAPI and not (converts(edit) and stands_in_list(before, edit)):
            raise ProofError(f"{edit.location}: the plan does more than convert one errno")
    expected = _expected(path, before, edits)
    got = lex(after)
    drops = [edit.location.start for edit in edits if edit.kind == _DROP]
    if _texts(expected) != _texts(got):
        pairs = _missing_braces(path, before, expected, got)
        _allowed(path, before, expected, pairs, drops)
        left = set(range(len(expected))) - {index for pair in pairs for index in pair}
        if _texts([expected[index] for index in sorted(left)]) != _texts(got):
            raise _refused(path, before, expected[pairs[0][0]].start, "braces went astray")
    # Where the grammar knows the old text, it must know the new one.
    if _parses(before) and not _parses(after):
        raise ProofError(f"{path}: the rewritten file does not parse")


def _expected(path: str, before: bytes, edits: Sequence[Edit]) -> list[Lexeme]:
    """The lexemes of ``before`` with the edits made; offsets stay those of ``before``."""
    spans: dict[int, tuple[int, Edit]] = {}
    for edit in edits:
        start, end = edit.location.start, edit.location.end
        if edit.location.file != path or before[start:end] != encode(edit.old):
            raise ProofError(f"{edit.location}: the plan does not fit the file")
        if edit.kind == _DROP:
            start, end = gone(before, start, end)
        spans[start] = (end, edit)
    found: list[Lexeme] = []
    used: set[int] = set()
    skip = 0
    for lexeme in lex(before):
        if lexeme.start in spans:
            skip, edit = spans[lexeme.start]
            used.add(lexeme.start)
            new = lex(encode(edit.new))
            found += [Lexeme(n.kind, n.text, lexeme.start, lexeme.end) for n in new]
        if lexeme.start >= skip:
            found.append(lexeme)
        elif lexeme.end > skip or lexeme.kind == DIRECTIVE:
            raise _refused(path, before, lexeme.start, "an edit cuts through it")
    if len(used) != len(edits):
        raise ProofError(f"{path}: {len(edits)} edits are planned, {len(used)} have a place")
    return found


def _only_sets(edit: Edit) -> bool:
    """Whether a planned split sets one variable, and keeps all lexemes that were there.

    ``VARIABLE = VALUE;`` may be added, alone or with a pair of braces from there to the
    end; an ``if`` may test the variable instead of the value; a variable that is returned
    may give way to a value.
    """
    old, new = _texts(lex(encode(edit.old))), _texts(lex(encode(edit.new)))
    if len(old) == 1 and old[0] != new[0] and b"=" not in new and b";" not in new:
        return new[0] == b"-" or old[0] not in new
    starts = [index for index, text in enumerate(new[1:], start=1) if text == b"="]
    for at in starts:
        end = new.index(b";", at) if b";" in new[at:] else len(new)
        variable, value = new[at - 1], new[at + 1 : end]
        head, rest = new[: at - 1], new[end + 1 :]
        if head + rest == old:
            return True
        said = len(head)
        while said and head[said - 1].startswith((b"/*", b"//")):
            said -= 1  # comments between the brace and the assignment
        braced = said > 0 and head[said - 1] == b"{" and rest[-1:] == [b"}"]
        if braced and head[: said - 1] + head[said:] + rest[:-1] == old:
            return True
        tested = rest[2:-1]  # of: if ( tested )
        zero = [b"!=", b"0"] if tested == [variable] else []
        plain = [value, [*value, *zero], [*value, *tested[1:]]]
        if not head and rest[:1] == [b"if"] and tested[:1] == [variable] and old[2:-1] in plain:
            return old[:2] == rest[:2] and old[-1:] == rest[-1:]
    return False


def _only_divides(edit: Edit) -> bool:
    return only_divides(_texts(lex(encode(edit.old))), _texts(lex(encode(edit.new))))


def _only_tests(edit: Edit) -> bool:
    """Whether a statement that goes keeps to calls, and to an ``if`` or several around them."""
    texts = _texts(lex(encode(edit.old)))
    if texts[:1] != [b"if"]:
        return True
    return not _ACTS & {*texts} and not any(text.startswith(b"#") for text in texts)


def _only_quiets(edit: Edit, before: bytes) -> bool:
    """Whether the name of what is called at the head of a statement becomes its debug form."""
    old, new = edit.old.split("_"), edit.new.split("_")
    debug = edit.new.isidentifier() and (new[1:2] == ["dbg"] or new[1:2] == ["debug"])
    limited = new[2:] in ([], old[2:])
    levels = ("emerg", "alert", "crit", "err", "warn", "warning", "notice", "info")
    named = old[:1] == new[:1] and old[1:2] != [] and old[1] in levels
    lexemes = [each for each in lex(before) if each.kind != COMMENT]
    behind = [each.text for each in lexemes if each.start >= edit.location.end][:1]
    ahead = [each.text for each in lexemes if each.end <= edit.location.start][-1:]
    alone = ahead in ([b";"], [b"{"], [b"}"], [b")"], [b"else"], [b":"])
    return debug and limited and named and alone and behind == [b"("]


def _texts(lexemes: Iterable[Lexeme]) -> list[bytes]:
    return [lexeme.text for lexeme in lexemes]


def _missing_braces(
    path: str, before: bytes, expected: Sequence[Lexeme], got: Sequence[Lexeme]
) -> list[tuple[int, int]]:
    """The pairs of braces that are not in ``got``, as indices of ``expected``."""
    partner = _partners(expected)
    pairs: list[tuple[int, int]] = []
    closing: set[int] = set()
    at = 0
    for index, lexeme in enumerate(expected):
        if index in closing:
            continue
        if at < len(got) and got[at].text == lexeme.text:
            at += 1
            continue
        if lexeme.text != b"{" or index not in partner:
            instead = got[at].text.decode(errors="replace") if at < len(got) else "the end"
            raise _refused(path, before, lexeme.start, f"there is {instead[:60]!r} instead")
        pairs.append((index, partner[index]))
        closing.add(partner[index])
    if at != len(got):
        raise ProofError(f"{path}: the rewrite added {got[at].text[:60]!r}")
    return pairs


def _partners(lexemes: Sequence[Lexeme]) -> dict[int, int]:
    opened: list[int] = []
    found: dict[int, int] = {}
    for index, lexeme in enumerate(lexemes):
        if lexeme.text == b"{":
            opened.append(index)
        elif lexeme.text == b"}" and opened:
            found[opened.pop()] = index
    return found


def _allowed(
    path: str,
    before: bytes,
    expected: Sequence[Lexeme],
    pairs: Sequence[tuple[int, int]],
    drops: Sequence[int],
) -> None:
    """Raise ProofError for braces whose removal could change what the code does."""
    for opening, closing in pairs:
        inside = expected[opening + 1 : closing]
        texts = _texts(inside)
        one = texts.count(b";") == 1 and texts[-1:] == [b";"] and len(texts) > 1
        heads = opening > 0 and expected[opening - 1].text in (b")", b"else")
        plain = not any(
            each.kind in (COMMENT, DIRECTIVE) or each.text in _NO_BODY | {b"{", b"}"}
            for each in inside
        )
        label = len(texts) > 1 and texts[1] == b":"
        if not (one and heads and plain and not label):
            raise _refused(path, before, expected[opening].start, "its braces are needed")
    if not _near(expected, pairs, drops):
        start = expected[pairs[0][0]].start
        raise _refused(path, before, start, "braces went where no message was dropped")


def _near(
    expected: Sequence[Lexeme], pairs: Sequence[tuple[int, int]], drops: Sequence[int]
) -> bool:
    """Whether each chain of arms that lost braces is one that lost a message, too."""
    chains: list[list[tuple[int, int]]] = []
    for pair in pairs:
        between = _texts(expected[chains[-1][-1][1] + 1 : pair[0]]) if chains else []
        # Arms without braces may stand between: else if (c) y; else
        arms = between.count(b"else")
        if between[:1] == [b"else"] and between.count(b";") < arms:
            chains[-1].append(pair)
        else:
            chains.append([pair])
    return all(
        any(expected[first].start < drop < expected[last].start for first, last in chain
            for drop in drops)
        for chain in chains
    )  # fmt: skip


def _parses(text: bytes) -> bool:
    return not parse(mask(text, kernel_apis().annotations)).root_node.has_error


def _refused(path: str, before: bytes, offset: int, why: str) -> ProofError:
    line = line_of(before, offset)
    return ProofError(f"{path}:{line}: the rewrite is not what was planned: {why}")
