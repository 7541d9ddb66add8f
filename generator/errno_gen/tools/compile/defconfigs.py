# SPDX-License-Identifier: GPL-2.0-only
"""Which configurations there are beside the data file's: in the tree, and of the user."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from errno_gen.errors import InputError
from errno_gen.tools.git.repository import Repository
from errno_gen.tools.settings import Configuration, candidates, known_architectures

_CONFIG = re.compile(r"(?:arch/([^/]+)|kernel)/configs/(.+)\Z")
# tuxmake names an architecture where the kernel's folder, or its configuration, serves several.
_FOLDERS = {"x86_64": "x86"}
_GENERIC = (
    *("allmodconfig", "allyesconfig", "allnoconfig", "alldefconfig"),
    *("defconfig", "tinyconfig"),
)
_WHOLE, _FRAGMENT = "defconfig", ".config"
_HEADER = re.compile(r"^# Linux/(\w+) \S+ Kernel Configuration$", re.MULTILINE)
_SETTING = re.compile(r"^(?:CONFIG_\w+=|# CONFIG_\w+ is not set$)", re.MULTILINE)


def defconfigs(repo: Repository, commit: str, symbol: str) -> tuple[Configuration, ...]:
    """Configurations of the tree that set ``symbol`` (with ``CONFIG_``), for known compilers.

    Whole ones come first. A fragment counts for the targets of the architecture's Makefile
    that merge it, and then on top of the architecture's default. Whether the symbol
    survives ``make`` has to be seen in the resulting .config.
    """
    whole: dict[Configuration, None] = {}
    merged: dict[Configuration, None] = {}
    globs = ("arch/*/configs/*", "kernel/configs/*")
    paths = repo.grep(commit, (f"{symbol}=y", f"{symbol}=m"), all_words=False, globs=globs)
    for path in sorted(paths):
        place = _CONFIG.match(path)
        if place is None:
            continue
        folder, name = place.groups()
        for architecture in known_architectures():
            if folder not in (None, _folder(architecture)):
                continue
            for target in _targets(repo, commit, folder or "", name):
                whole[Configuration(architecture, target, fallback=True)] = None
            if name.endswith(_FRAGMENT):
                merged[Configuration(architecture, f"{_WHOLE} {name}", fallback=True)] = None
    return (*whole, *merged)


def named(
    repo: Repository, commit: str, name: str, architectures: Sequence[str] = ()
) -> tuple[Configuration, ...]:
    """The configurations that a person means by ``name``, for ``architectures`` (none: any).

    A name is a target (``allyesconfig``, ``multi_v7_defconfig``) or a fragment
    (``debug.config``) of the tree, or several with commas between; fragments without a
    target go on top of ``defconfig``. What every architecture has is taken for all
    candidates, as the data file's own configuration would be. Raises InputError for what
    the tree does not have.
    """
    parts = tuple(part for part in name.split(",") if part) or (name,)
    for part in parts[1:]:
        if not part.endswith(_FRAGMENT):
            raise InputError(
                f"'{part}' in '{name}' is no fragment",
                "after the first comma there are names that end in .config",
            )
    if parts[0].endswith(_FRAGMENT):
        parts = (_WHOLE, *parts)
    known = dict.fromkeys(one.architecture for one in candidates(architectures))
    for part in parts:
        if not any(_has(repo, commit, architecture, part) for architecture in known):
            place = f" for {', '.join(architectures)}" if architectures else ""
            raise InputError(
                f"commit {commit[:12]} has no configuration '{part}'{place}",
                "give one of arch/*/configs or kernel/configs, or of " + ", ".join(_GENERIC),
            )
    generic = all(part in _GENERIC or _shared(repo, commit, part) for part in parts)
    found = tuple(
        msgspec.structs.replace(one, config=" ".join(parts), fallback=one.fallback and generic)
        for one in candidates(architectures)
        if all(_has(repo, commit, one.architecture, part) for part in parts)
    )
    if not found:
        raise InputError(f"no architecture has all of {', '.join(parts)}", "name one at a time")
    return tuple(dict.fromkeys(found))


def from_file(path: Path, architectures: Sequence[str] = ()) -> Configuration:
    """A person's own .config; its head says for which architecture, unless one is given.

    Raises InputError when it is no .config, or its architecture is not known.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise InputError(f"cannot read {path}: {reason}", "give a .config of a kernel") from error
    if not _SETTING.search(text):
        raise InputError(f"{path} sets no CONFIG_ symbol", "give a .config of a kernel")
    candidates(architectures)
    if len(set(architectures)) > 1:
        raise InputError(f"{path} is for one architecture", "give --arch once")
    if architectures:
        return Configuration(architectures[0], path.name, text=text)
    head = _HEADER.search(text)
    if head is None:
        raise InputError(f"{path} does not tell its architecture", "give it with --arch")
    said = head.group(1)
    wide = "CONFIG_64BIT=y" in text.splitlines()
    if said not in known_architectures():
        folders = {folder: name for name, folder in _FOLDERS.items()}
        said = folders.get(said, said) if wide else said
    if said not in known_architectures():
        raise InputError(
            f"{path} is for {said}, which has no compiler here",
            f"give one for {', '.join(known_architectures())}, or its architecture with --arch",
        )
    return Configuration(said, path.name, text=text)


def _targets(repo: Repository, commit: str, folder: str, name: str) -> Iterator[str]:
    """The make targets that use a file of ``arch/<folder>/configs``."""
    if name == _WHOLE or name.endswith(f"_{_WHOLE}"):
        yield name
        return
    word = re.compile(rf"(?<![\w.-]){re.escape(name.removesuffix(_FRAGMENT))}(?![\w-])")
    target = ""
    for line in _makefile(repo, commit, folder).splitlines() if folder else ():
        rule = re.match(r"([\w./-]+_defconfig)[ \t]*:", line)
        if rule is not None:
            target = rule.group(1)
        elif not line.startswith("\t"):
            target = ""
        elif target and word.search(line):
            yield target


def _has(repo: Repository, commit: str, architecture: str, part: str) -> bool:
    """Whether ``make ARCH=... <part>`` knows what to do."""
    if part in _GENERIC or _shared(repo, commit, part):
        return True
    if not re.fullmatch(r"[\w.+-]+(?:_defconfig|\.config)", part):
        return False
    folder = _folder(architecture)
    if repo.read(commit, f"arch/{folder}/configs/{part}") is not None:
        return True
    rule = re.compile(rf"^{re.escape(part)}[ \t]*:(?!=)", re.MULTILINE)
    return rule.search(_makefile(repo, commit, folder)) is not None


def _shared(repo: Repository, commit: str, part: str) -> bool:
    """Whether it is a fragment for all architectures."""
    found = re.fullmatch(r"[\w.+-]+\.config", part)
    return found is not None and repo.read(commit, f"kernel/configs/{part}") is not None


def _makefile(repo: Repository, commit: str, folder: str) -> str:
    source = repo.read(commit, f"arch/{folder}/Makefile")
    return source.text.decode("utf-8", errors="replace") if source else ""


def _folder(architecture: str) -> str:
    return _FOLDERS.get(architecture, architecture)
