# SPDX-License-Identifier: GPL-2.0-only
"""Compiling with what kbuild's top Makefile found out before, without asking it again.

For each call kbuild looks whether all is prepared and tries out compiler options, which takes
as long as an object. Then it calls itself for the objects. That call, arguments and
environment, is noted by a program that stands for make, and made again for other objects
of the same folder, as long as nothing else is prepared there. What is done for an object
is kbuild's own business in both ways. Its command is compared with that of the last time.
"""

from __future__ import annotations

import os.path
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_CALL, _PROGRAM = "errno-gen.call", "errno-gen.make"
_SCRIPT = f"""\
# Stands for make and notes with what kbuild calls it for objects, once.
call=${{0%/*}}/{_CALL}
if test ! -e "$call"; then
  case " $* " in *" obj="*".o "*)
    {{ env -0; printf '\\0'; printf '%s\\0' "$@"; }} >"$call.new" && mv "$call.new" "$call" ;;
  esac
fi
exec make "$@"
"""
_OF_THE_SHELL = ("_", "OLDPWD", "PWD", "SHLVL")
# What a make hands on to those that it calls stands in these. The last word counts: make 4.4
# takes the slots back from a call that it does not see to be one of make.
_FLAGS = frozenset(("MAKEFLAGS", "MFLAGS"))
_SLOTS = re.compile(r"--jobserver-auth=(\S+)")
_SHARED_SLOTS = "3,3"
# By this make 4.4 names a file by which it orders output, and which is gone when it has ended.
_ORDER = re.compile(r" --sync-mutex=\S+")
# What names the source and the build folder, first those of Linux before 6.12.
_FOLDERS = (("abs_srctree", "srctree"), ("abs_objtree", "O"))
_LONGEST = 100_000


@dataclass(frozen=True, slots=True)
class Call:
    """A call of make: its environment, and its arguments but for the objects."""

    environment: Mapping[str, str]
    arguments: tuple[str, ...]

    def words(self, targets: Sequence[str]) -> tuple[str, ...]:
        """The command that compiles ``targets``."""
        variables = (f"{name}={value}" for name, value in self.environment.items())
        goals = (f"./{target}" for target in targets)
        return ("env", "-i", *variables, "make", *self.arguments, *goals)


class Replay:
    """The noted call of a build folder, which ``inside`` is called ``build``."""

    def __init__(self, folder: Path, source: str, build: str) -> None:
        self._folder = folder
        self._source = source
        self._build = build

    def forget(self) -> None:
        """Drop what is noted: something else is prepared."""
        (self._folder / _CALL).unlink(missing_ok=True)

    def noting(self) -> tuple[str, ...]:
        """Arguments of make by which it is noted how kbuild calls it, if that is not known."""
        if (self._folder / _CALL).exists():
            return ()
        program = self._folder / _PROGRAM
        program.write_text(_SCRIPT, encoding="utf-8")
        program.chmod(0o644)
        return (f"MAKE=sh {self._build}/{_PROGRAM}",)

    def call(self) -> Call | None:
        """What is noted, if it can be used; older kernels name the objects in other ways."""
        try:
            text = (self._folder / _CALL).read_text(encoding="utf-8")
        except (FileNotFoundError, UnicodeDecodeError):
            return None
        before, border, after = text.partition("\0\0")
        variables = dict(one.partition("=")[::2] for one in before.split("\0"))
        environment = {name: variables[name] for name in variables if name not in _OF_THE_SHELL}
        for name in _FLAGS & environment.keys():
            environment[name] = _ORDER.sub("", environment[name])
        words = after.removesuffix("\0").split("\0")
        arguments = tuple(word for word in words if not word.endswith(".o"))
        own = tuple(
            next((environment[name] for name in names if name in environment), "")
            for names in _FOLDERS
        )
        fits = (
            bool(border)
            and "obj=." in arguments
            and own == (self._source, self._build)
            and "KBUILD_SINGLE_TARGETS" not in environment
            and _SLOTS.findall(environment.get("MAKEFLAGS", ""))[-1:] == [_SHARED_SLOTS]
            and len(text) < _LONGEST
        )
        return Call(environment, arguments) if fits else None


def commands(folder: Path, targets: Sequence[str]) -> Mapping[str, str]:
    """How the objects of a build folder that are there were compiled, as kbuild noted it."""
    found: dict[str, str] = {}
    for target in targets:
        try:
            text = command_file(folder, target).read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            continue
        found[target] = text.partition("\n")[0]
    return found


def command_file(folder: Path, target: str) -> Path:
    """The file in which kbuild notes how it compiled an object, and what that reads."""
    path = folder / os.path.normpath(target)
    return path.with_name(f".{path.name}.cmd")
