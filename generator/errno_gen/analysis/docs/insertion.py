# SPDX-License-Identifier: GPL-2.0-only
"""Put words into kernel-doc comments, in the form that the comments have already.

``words`` are paragraphs, each on one line; one that begins with ``* `` is an item of a list.
All functions give the new bytes of the file; that only comments differ then is for
:func:`prove_comments`, which shares nothing with them.
"""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from errno_gen.analysis.c.text.lexer import encode, line_of
from errno_gen.analysis.c.text.sameness import difference
from errno_gen.analysis.docs.kerneldoc import RETURN, DocComment, Section, opened
from errno_gen.errors import ProofError

_WIDTH = 80
_ROOM = 40
_TAB = 8
_ITEM = "* "


def with_member(
    text: bytes, comment: DocComment, member: str, words: Sequence[str], order: Sequence[str] = ()
) -> bytes | None:
    """The file with more words in a member's description, or with one if it has none.

    ``order`` are the members as the struct declares them. None if the comment has no place
    for a member.
    """
    comment = opened(comment)
    star = _star(comment)
    section = comment.section(f"@{member}")
    if section is not None:
        fresh = [star.rstrip(), *_filled(words, star + _hanging(comment, section))]
        return _inserted(text, comment, section.last + 1, fresh)
    described = [each for each in comment.sections() if each.name.startswith("@")]
    if not described:
        return None
    following = list(order)[list(order).index(member) + 1 :] if member in order else []
    places = [each.first for each in described if each.name[1:] in following]
    head = f" @{member}: "
    fresh = _filled(words, star + " " * len(head))
    fresh[0] = star + head + fresh[0][len(star + head) :]
    return _inserted(text, comment, places[0] if places else described[-1].last + 1, fresh)


def with_return(text: bytes, comment: DocComment, words: Sequence[str]) -> bytes | None:
    """The file with more words on what a function returns, or with a section for them.

    Where there is one, all words but the first go on behind it. None if what is said there
    is no paragraph that could go on.
    """
    comment = opened(comment)
    star = _star(comment)
    section = comment.section(RETURN)
    if section is None:
        last = len(comment.lines) - 1  # the line of the comment's end
        while last > 1 and not comment.content(last - 1).strip():
            last -= 1
        fresh = _filled([_returned(words)], f"{star} ")
        return _inserted(text, comment, last, [star.rstrip(), *fresh])
    if not _is_paragraph(comment, section) or len(words) < 2:
        return None
    lines = list(comment.lines)
    said = lines[section.last].rstrip()
    lines[section.last] = said if said.endswith((".", "!", "?")) else f"{said}."
    fresh = _filled([" ".join(words[1:])], star + (_own_indent(comment, section) or " "))
    return _inserted(text, replace(comment, lines=tuple(lines)), section.last + 1, fresh)


def with_comment(
    text: bytes,
    start: int,
    title: str,
    parameters: Sequence[tuple[str, str]],
    words: Sequence[str],
) -> bytes:
    """The file with a new kernel-doc comment above the line of the offset ``start``."""
    lines = ["/**", f" * {title}"]
    for name, told in parameters:
        lines += _filled([f"@{name}: {told}"], " * ", hang="\t")
    lines += [" *", *_filled([_returned(words)], " * "), " */"]
    at = text.rfind(b"\n", 0, start) + 1
    return text[:at] + encode("\n".join(lines) + "\n") + text[at:]


def prove_comments(path: str, before: bytes, after: bytes) -> None:
    """Raise ProofError unless the two texts are the same lexemes outside of comments."""
    at = difference(before, after)
    if at is not None:
        line = line_of(before, at)
        raise ProofError(f"{path}:{line}: more than comments would change")


def _returned(words: Sequence[str]) -> str:
    # One paragraph: what is not indented behind a blank line would be no part of it.
    return " ".join(("Return:", *words))


def _star(comment: DocComment) -> str:
    """What stands before the text of the comment's lines."""
    stars = (re.match(r"[ \t]*\*(?!/)", line) for line in comment.lines[1:])
    return next((match.group() for match in stars if match), f"{comment.indent} *")


def _inserted(text: bytes, comment: DocComment, at: int, fresh: Sequence[str]) -> bytes:
    """The file with lines put in front of the one at ``at`` of the comment."""
    lines = (*comment.lines[:at], *fresh, *comment.lines[at:])
    return text[: comment.start] + encode("\n".join(lines)) + text[comment.end :]


def _filled(words: Sequence[str], prefix: str, hang: str = "") -> list[str]:
    """Paragraphs as lines of a comment; blank lines part them, but not the items of a list."""
    width = max(_WIDTH - len(prefix.expandtabs(_TAB)), _ROOM // 2)
    lines: list[str] = []
    for number, each in enumerate(words):
        item = each.startswith(_ITEM)
        if number and not (item and words[number - 1].startswith(_ITEM)):
            lines.append(prefix.rstrip())
        wrapped = textwrap.wrap(
            each,
            width=width,
            subsequent_indent="  " if item else hang,
            tabsize=_TAB,
            break_long_words=False,
            break_on_hyphens=False,
        )
        lines += [prefix + line for line in wrapped]
    return lines


def _hanging(comment: DocComment, section: Section) -> str:
    """The white space between the star and the text of a member's further lines."""
    if comment.inside:
        return _own_indent(comment, section) or " "
    own = _own_indent(comment, section)
    if own is None:
        own = _usual(comment)
    if own is None:
        own = _aligned(comment, section)
    # A line that is not indented would end the member's description behind a blank one.
    wide = len(own.expandtabs(_TAB))
    if wide > _WIDTH - _ROOM:
        return "    "
    return own if wide > 1 else "   "


def _own_indent(comment: DocComment, section: Section) -> str | None:
    """How a part's second line is indented; None if it has one line."""
    for number in range(section.first + 1, section.last + 1):
        content = comment.content(number)
        if content.strip():
            return content[: len(content) - len(content.lstrip())]
    return None


def _usual(comment: DocComment) -> str | None:
    """How most other members' further lines are indented; None if these are aligned, or none."""
    seen: Counter[str | None] = Counter()
    for each in comment.sections():
        if each.name.startswith("@") and (own := _own_indent(comment, each)) is not None:
            seen[None if own == _aligned(comment, each) else own] += 1
    return max(seen, key=lambda own: (seen[own], own is None)) if seen else None


def _aligned(comment: DocComment, section: Section) -> str:
    """White space up to the column where a part's text begins behind its name."""
    content = comment.content(section.first)
    head = re.match(r"\s*@[.\w]+\s*:[ \t]*", content)
    assert head is not None
    if "\t" not in head.group():
        return " " * len(head.group())
    star = len(f"{comment.indent} *".expandtabs(_TAB))
    column = len((" " * star + head.group()).expandtabs(_TAB))
    tabs = (column // _TAB) - star // _TAB
    return "\t" * tabs + " " * (column % _TAB) if tabs else " " * (column - star)


def _is_paragraph(comment: DocComment, section: Section) -> bool:
    """Whether a part is one paragraph, behind which another sentence may stand."""
    contents = [comment.content(n).strip() for n in range(section.first, section.last + 1)]
    said = contents[0].partition(":")[2].strip()
    plain = (re.match(r"[-*%&@#]|\d+[.)]|\w+\s+-\s", each) is None for each in contents[1:])
    return bool(said) and all(contents) and all(plain)
