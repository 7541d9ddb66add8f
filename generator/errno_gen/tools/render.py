# SPDX-License-Identifier: GPL-2.0-only
"""The one place that renders templates: every text that a person reads in git or in mail."""

from __future__ import annotations

import contextlib
import re
import textwrap
import traceback
from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from errno_gen.errors import InputError
from errno_gen.resources import share_dir

if TYPE_CHECKING:
    from jinja2 import Environment

WIDTH = 75
"""Columns of a changelog's lines and of its subject, as checkpatch and maintainers want."""

# Code in backticks is kept on one line up to this length.
_CODE = re.compile(r"(?<!\S)\(?`[^`]{1,48}`[.,;:)]{0,2}(?!\S)")
_NAMED_FUNCTION = re.compile(r"`(\w+\(\))`")
_SUFFIX = ".j2"
_GLUE = "\x1f"
# At the start of a line these mean something to git am, git rebase or mail programs: a new
# patch, a new mail, a comment, a quotation, scissors, a trailer.
_BREAKS_MAIL = re.compile(r"(From|diff|-+|---.*|\*\*\*.*|#.*|>.*|8<|%<|[A-Za-z-]+:)(?=[ \x1f]|$)")
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


_folder: ContextVar[Path | None] = ContextVar("folder", default=None)


def render(template_name: str, **values: object) -> str:
    """The text of a template: the user's of that name (:func:`user_templates`), else ours.

    Raises InputError, with file and line, when a template of the user fails or gives no
    text; jinja2's errors when one of ours does.
    """
    folder = _folder.get()
    if folder is None or not (folder / template_name).is_file():
        return _environment(None).get_template(template_name).render(**values)
    with _blaming(folder / template_name):
        text = _environment(folder).get_template(template_name).render(**values)
    if not text.strip():
        raise InputError(f"the template {folder / template_name} gives no text")
    return text


@contextlib.contextmanager
def user_templates(folder: Path | None) -> Iterator[None]:
    """Within the block, templates in ``folder`` (if it is not None) come before ours.

    Raises InputError if there is no such folder, one of its templates has a name that is
    none of ours, or cannot be parsed.
    """
    if folder is not None:
        _check(folder)
    token = _folder.set(folder)
    try:
        yield
    finally:
        _folder.reset(token)


def _check(folder: Path) -> None:
    if not folder.is_dir():
        raise InputError(f"there is no folder {folder} with templates")
    known = sorted(path.name for path in share_dir("templates").glob(f"*{_SUFFIX}"))
    found = sorted(folder.glob(f"*{_SUFFIX}"))
    if not found:
        raise InputError(f"the folder {folder} has no templates", f"there are {', '.join(known)}")
    for path in found:
        if path.name not in known:
            raise InputError(f"{path} is no template of errno-gen", f"there are {', '.join(known)}")
        with _blaming(path):
            _environment(folder).get_template(path.name)


@contextlib.contextmanager
def _blaming(path: Path) -> Iterator[None]:
    """Turn what goes wrong in a user's template into an InputError with its file and line."""
    try:
        yield
    except Exception as error:
        where = [
            frame.lineno
            for frame in traceback.extract_tb(error.__traceback__)
            if Path(frame.filename) == path
        ]
        line = getattr(error, "lineno", None) or (where[-1] if where else None)
        if line is None and not isinstance(error, OSError | UnicodeError):
            raise
        place = f"{path}:{line}" if line else str(path)
        told = " ".join(str(error).split()) or type(error).__name__
        raise InputError(
            f"{place}: {told}",
            f"the head of the shipped {path.name} says which values there are",
        ) from error


def wrap(text: str) -> str:
    """Paragraphs (parted by blank lines) filled to lines of at most 75 columns.

    Words longer than that stand alone on a line. No line begins with what mail programs
    or git would not take for prose.
    """
    whole = str(text)  # here a value that the template was not given says so
    paragraphs = (" ".join(part.split()) for part in re.split(r"\n[ \t]*\n", whole))
    return "\n\n".join(_filled(part) for part in paragraphs if part)


def prose(text: str) -> str:
    """A text as changelogs have it: the name of a function needs no marks around it."""
    return _NAMED_FUNCTION.sub(r"\1", text)


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
    text = _CODE.sub(lambda code: code.group().replace(" ", _GLUE), prose(paragraph))
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
def _environment(folder: Path | None) -> Environment:
    # Not above: a scan renders nothing and need not wait for it.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    own = share_dir("templates")
    environment = Environment(
        loader=FileSystemLoader([folder, own] if folder is not None else own),
        undefined=StrictUndefined,
        autoescape=select_autoescape(enabled_extensions=("html", "html.j2")),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(wrap=wrap, listed=listed, number=number, prefixed=prefixed)
    return environment
