# SPDX-License-Identifier: GPL-2.0-only
"""Coccinelle's spatch: semantic patches and C files in, rewritten C files out.

spatch obeys a ``.cocciconfig`` in HOME and in its working directory, writes into both
and into TMPDIR, uses paths unquoted in shell commands, and ends with 0 whatever
happened. So it runs in a folder of its own, sees relative paths of plain letters only,
and is believed by what it wrote, never by its exit code. The rules need no scripting:
Debian's 1.1.1 and the 1.3.3 of the cvehound-spatch wheel, which has none, both do.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from errno_gen.errors import SourceError, ToolError
from errno_gen.tools import process

_HINT = "install Coccinelle: apt install coccinelle, or pip install cvehound-spatch"
_WHEEL = "cvehound_spatch"

# A larger increment of the major heap's overhead: a third less time, more memory.
_OCAML = "o=1600"

# Coccinelle breaks lines that it touches at this column; the layout is ours to keep.
_MAX_WIDTH = "400"

_NAME = re.compile(r"[a-z0-9][a-z0-9_]*\.c\Z")
_PATH = re.compile(r"(?:[A-Za-z0-9_][A-Za-z0-9_.+-]*/)*[A-Za-z0-9_][A-Za-z0-9_.+-]*\.[ch]\Z")
_TIMED_OUT = re.compile(r"timeout \(we abort\)|timeouts=[1-9]", re.IGNORECASE)
_STUMBLED = re.compile(
    r"EXN:|An error occurred when attempting|Fatal error: exception|(?:dropped|unreadable)=[1-9]"
)
_BAD_RULE = re.compile(r"minus: parse error|plus: parse error|semantic error|lexical error")


def locate() -> str:
    """The path of spatch: in PATH, else from the cvehound-spatch wheel.

    Raises ToolError when there is none.
    """
    found = shutil.which("spatch")
    if found is not None:
        return found
    with contextlib.suppress(ImportError, AttributeError, FileNotFoundError):
        return str(importlib.import_module(_WHEEL).spatch_path())
    raise ToolError("spatch is not installed or not in PATH", _HINT)


def at_hand() -> tuple[str, ...]:
    """Every spatch there is: that of PATH first, then that of the wheel.

    Raises ToolError when there is none.
    """
    found = [locate()]
    with contextlib.suppress(ImportError, AttributeError, FileNotFoundError):
        wheel = str(importlib.import_module(_WHEEL).spatch_path())
        if not Path(wheel).samefile(found[0]):
            found.append(wheel)
    return tuple(found)


def version(program: str = "") -> str:
    """The version of a spatch (of the first at hand, if none is named), such as ``1.1.1``.

    Raises ToolError if it is missing.
    """
    with tempfile.TemporaryDirectory(prefix="errno-gen-spatch-") as folder:
        home = Path(folder)
        done = process.run(
            [program or locate(), "--version"],
            cwd=home,
            env=_environment(),
            timeout=30,
            action="spatch --version",
        )
    match = re.search(rb"version (\S+)", done.stdout + done.stderr)
    if match is None:
        raise ToolError("spatch does not tell its version", _HINT, argv=done.argv)
    return match.group(1).decode()


class RefusedError(ToolError):
    """spatch does not understand a semantic patch, or fails in the middle of it (exit 3)."""


def transform(
    program: str,
    patch: str,
    files: Mapping[str, bytes],
    *,
    scratch: Path,
    timeout: float,
) -> dict[str, bytes]:
    """The files as a semantic patch leaves them, run by a person: spatch without options.

    ``files`` maps paths from the top of a tree to C text; ``program`` is one of
    :func:`at_hand`; ``scratch`` and ``timeout`` are as for :func:`rewrite`. Raises
    RefusedError if spatch does not take the patch, or says that it failed; ToolError if it is
    over its time.
    """
    with tempfile.TemporaryDirectory(prefix="spatch-", dir=scratch) as folder:
        work = Path(folder)
        (work / "tmp").mkdir()
        (work / "rule.cocci").write_text(patch, encoding="utf-8", errors="surrogateescape")
        for name, text in files.items():
            if not _PATH.match(name):
                raise RefusedError(f"spatch cannot be given the path {name}")
            path = work / "tree" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text)
        done = process.run(
            [program, "--very-quiet", "--sp-file", "../rule.cocci", "--in-place", *sorted(files)],
            cwd=work / "tree",
            env=_environment() | {"HOME": "..", "TMPDIR": "../tmp"},
            timeout=timeout,
            check=False,
            action="spatch with a semantic patch of its own",
        )
        try:
            _believe(done, "it")
        except SourceError as error:
            raise RefusedError(str(error), argv=done.argv) from error
        except ToolError as error:
            raise RefusedError(error.message, argv=done.argv, log=error.log) from error
        return {name: (work / "tree" / name).read_bytes() for name in files}


def rewrite(
    rule: Path,
    files: Mapping[str, bytes],
    *,
    scratch: Path,
    timeout: float,
    macros: bytes = b"",
) -> dict[str, bytes]:
    """The files as one semantic patch leaves them; those that it does not touch as they were.

    ``files`` maps plain names (``f0.c``) to C text; ``macros`` are ``#define`` lines that
    help spatch's parser; ``scratch`` is an existing folder, and left with nothing in it but
    what was there; ``timeout`` is in seconds for the whole run. The rule runs with its
    virtual identifier ``patch``.

    Raises ToolError when spatch is missing, over its time or refuses the rule, SourceError
    when it says that it could not work on the C files. What it skips it skips in silence:
    the caller must check that all is done.
    """
    for name in files:
        if not _NAME.match(name):
            raise ValueError(f"not a plain file name: {name!r}")
    if not files:
        return {}
    program = locate()
    with tempfile.TemporaryDirectory(prefix="spatch-", dir=scratch) as folder:
        cage = Path(folder)
        for part in ("work", "work/tmp"):
            (cage / part).mkdir()
        work = cage / "work"
        (work / "rule.cocci").write_bytes(rule.read_bytes())
        (work / "macros.h").write_bytes(macros)
        for name, text in files.items():
            (work / name).write_bytes(text)
        done = process.run(
            _command(program, sorted(files)),
            cwd=work,
            env=_environment(),
            timeout=timeout,
            check=False,
            action=f"spatch with {rule.name}",
        )
        _believe(done, rule.name)
        try:
            return {name: (work / name).read_bytes() for name in files}
        except OSError as error:
            said = done.stderr.decode(errors="replace").strip()
            raise ToolError(
                f"spatch with {rule.name} took a file away: {error.strerror}",
                argv=done.argv,
                log=said[-4000:],
            ) from error


def _command(program: str, names: Sequence[str]) -> list[str]:
    return [
        program,
        "--very-quiet",
        "--no-includes",
        "--in-place",
        "--max-width",
        _MAX_WIDTH,
        "--macro-file",
        "macros.h",
        "--tmp-dir",
        "tmp",
        "-D",
        "patch",
        "--sp-file",
        "rule.cocci",
        *names,
    ]


def _environment() -> dict[str, str]:
    """Nothing of the user's but PATH; the folders are relative to the working directory."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": ".",
        "TMPDIR": ".",
        "LC_ALL": "C",
        "OCAMLRUNPARAM": _OCAML,
    }


def _believe(done: process.Completed, rule: str) -> None:
    said = done.stderr.decode(errors="replace")
    log = said.strip()[-4000:]
    if _TIMED_OUT.search(said):
        raise ToolError(f"spatch with {rule} gave up on a time limit", argv=done.argv, log=log)
    if _BAD_RULE.search(said + done.stdout.decode(errors="replace")):
        raise ToolError(f"spatch refuses {rule}", argv=done.argv, log=log)
    stumbled = _STUMBLED.search(said)
    if stumbled:
        line = next(each for each in said.splitlines() if stumbled.group() in each)
        raise SourceError(f"spatch with {rule} failed: {line.strip()[:200]}")
    if done.returncode != 0:
        last = log.splitlines()[-1] if log else "no output"
        raise ToolError(
            f"spatch with {rule} failed (exit {done.returncode}): {last}",
            argv=done.argv,
            log=log,
        )
