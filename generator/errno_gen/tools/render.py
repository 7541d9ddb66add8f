# SPDX-License-Identifier: GPL-2.0-only
"""The one place that renders templates: every text that a person reads in git or in mail."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from errno_gen.resources import share_dir

if TYPE_CHECKING:
    from jinja2 import Environment

WIDTH = 75
"""Columns of a changelog's lines and of its subject, as checkpatch and maintainers want."""

# Code in backticks is kept on one line up to this length.
_CODE = re.compile(r"(?<!\S)\(?`[^`]{1,48}`[.,;:)]{0,2}(?!\S)")
_GLUE = "\x1f"
# At the start of a line these mean something to git am, git rebase or mail programs: a new
# patch, a new mail, a comment, a quotation, scissors, a trailer.
_BREAKS_MAIL = re.compile(r"(From|diff|-+|---.*|\*\*\*.*|#.*|>.*|8<|%<|[A-Za-z-]+:)(?=[ \x1f]|$)")
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def render(template_name: str, **values: object) -> str:
    """The text of a template in ``templates/``.

    Raises jinja2's UndefinedError when the template asks for a value that is not given.
    """
    return _environment().get_template(template_name).render(**values)


def wrap(text: str) -> str:
    """Paragraphs (parted by blank lines) filled to lines of at most 75 columns.

    Words longer than that stand alone on a line. No line begins with what mail programs
    or git would not take for prose.
    """
    whole = str(text)  # here a value that the template was not given says so
    paragraphs = (" ".join(part.split()) for part in re.split(r"\n[ \t]*\n", whole))
    return "\n\n".join(_filled(part) for part in paragraphs if part)


def listed(words: Sequence[str], word: str = "and") -> str:
    """``a``, ``a and b``, ``a, b and c``, or with another ``word`` before the last."""
    *most, last = words
    return f"{', '.join(most)} {word} {last}" if most else last


def number(count: int) -> str:
    """A number in words where prose has words, up to ten."""
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)


def prefixed(text: str, prefix: str) -> str:
    """Every line with a prefix before it; no line ends in a blank."""
    return "\n".join(f"{prefix}{line}".rstrip() for line in str(text).splitlines())


def _filled(paragraph: str) -> str:
    text = _CODE.sub(lambda code: code.group().replace(" ", _GLUE), paragraph)
    while True:
        lines = textwrap.wrap(text, width=WIDTH, break_long_words=False, break_on_hyphens=False)
        at = next((n for n in range(1, len(lines)) if _is_unfit(lines[n - 1], lines[n])), None)
        if at is None:
            return "\n".join(lines).replace(_GLUE, " ")
        lines[at - 1] += _GLUE + lines.pop(at)
        text = " ".join(lines)


def _is_unfit(line: str, following: str) -> bool:
    """Whether the second line begins badly and can get the last word of the first."""
    last, first = line.rpartition(" ")[2], following.partition(" ")[0]
    return bool(_BREAKS_MAIL.match(first)) and len(last) + 1 + len(first) <= WIDTH


@cache
def _environment() -> Environment:
    # Not above: a scan renders nothing and need not wait for it.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=FileSystemLoader(share_dir("templates")),
        undefined=StrictUndefined,
        autoescape=select_autoescape(enabled_extensions=("html", "html.j2")),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(wrap=wrap, listed=listed, number=number, prefixed=prefixed)
    return environment
