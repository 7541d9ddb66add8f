# SPDX-License-Identifier: GPL-2.0-only
"""A Linux kernel tree at one commit: its version, its drivers, its Kbuild objects.

Nothing is checked out and make is not run: Makefiles are read from the commit.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from errno_gen.errors import InputError
from errno_gen.model import Driver, SourceFile, with_changes
from errno_gen.tools.kernel.entries import Entries
from errno_gen.tools.kernel.makefile import Condition, Makefile, Member

_INCLUDE = re.compile(rb'^[ \t]*#[ \t]*include[ \t]*"([^"\n]+)"', re.MULTILINE)
_ARCHITECTURE = re.compile(r"^arch/([^/]+)/")
_AFFIX = "iommu"
_GENERIC = re.compile(
    "base|common|core|devices?|domain|drivers?|drv|init|iommu|kernel|lib|main|module|ops|pci|"
    "platform|probe"
)
"""Stems that name a part and not a driver: the folder's name says more."""


class Reader(Protocol):
    """What is needed of a repository; ``git.repository.Repository`` has it."""

    def read(self, commit: str, path: str) -> SourceFile | None: ...

    def grep(self, commit: str, words: Sequence[str]) -> tuple[str, ...]: ...

    def grep_lines(self, commit: str, pattern: str) -> Iterator[tuple[str, str]]: ...


@dataclass(frozen=True, slots=True)
class KbuildObject:
    """One way in which Kbuild builds a C file.

    ``target`` is the object's path from the tree's top, as given to make; ``conditions``
    must all hold in .config (those of parent folders included); ``symbol`` and
    ``module`` are the governing symbol and the composite module, or ""; ``makefile``
    is the folder of the Makefile that says so. ``architecture`` is the ``arch/`` folder
    (SRCARCH) that the file is confined to, or "".
    """

    target: str
    source: str
    symbol: str
    module: str
    makefile: str
    conditions: tuple[Condition, ...]
    architecture: str = ""


class KernelTree:
    """The kernel at ``commit`` of ``repo``. Raises InputError when it is none."""

    def __init__(self, repo: Reader, commit: str) -> None:
        self.repo = repo
        self.commit = commit
        self.version = self._version()
        self._makefiles: dict[str, Makefile | None] = {}
        self._included: dict[str, tuple[bytes, ...] | None] = {}
        self._headers: dict[str, tuple[str, ...]] = {}
        self._maintained: Entries | None = None

    def grep(self, words: Sequence[str]) -> tuple[str, ...]:
        """The paths of the C files and headers that hold all of ``words``, sorted."""
        return tuple(sorted(self.repo.grep(self.commit, words)))

    def sources(self, paths: Iterable[str]) -> tuple[SourceFile, ...]:
        """The files that exist among ``paths``, in that order."""
        read = (self.repo.read(self.commit, path) for path in paths)
        return tuple(source for source in read if source is not None)

    def driver_of(self, path: str) -> Driver:
        """The driver that the C file or header ``path`` belongs to.

        A driver is the C files whose objects one symbol governs in one Makefile
        (composite modules expanded), in the Makefile's order, then the headers that they
        include with ``"..."``. Without a symbol it is the composite module, or the files of
        the Makefile that one entry of MAINTAINERS names, or the file alone. A header
        belongs to the first driver of its folder that includes it. Raises InputError when
        no Makefile builds the file. Two drivers may share a name here; :meth:`drivers_of`
        tells such apart.
        """
        if path.endswith(".h"):
            users = self._including(path)
            if not users:
                raise InputError(f"{path}: no driver of its folder includes it")
            return users[0]
        built = self.objects_of(path)
        if not built:
            raise InputError(f"{path}: no Makefile builds it in this tree")
        return self._driver(built[0])

    def drivers_of(self, paths: Iterable[str]) -> tuple[Driver, ...]:
        """The distinct drivers of ``paths``, by name; equal names get their folder in front.

        A header counts for every driver of its folder that includes it. Files that no
        Makefile builds are left out.
        """
        found: dict[Driver, None] = {}
        for path in sorted(paths):
            if path.endswith(".h"):
                found.update(dict.fromkeys(self._including(path)))
            elif built := self.objects_of(path):
                found[self._driver(built[0])] = None
        names = Counter(driver.name for driver in found)
        unique = (
            driver if names[driver.name] == 1 else with_changes(driver, name=_qualified(driver))
            for driver in found
        )
        return tuple(sorted(unique, key=lambda driver: (driver.name, driver.directory)))

    def companions(self, driver: Driver) -> tuple[str, ...]:
        """C files of the driver's folder, not its own, that include one of its headers.

        They may call its functions, or be called, though another symbol governs them.
        """
        headers = {path for path in driver.files if path.endswith(".h")}
        makefile = self._makefile(driver.directory)
        found: dict[str, None] = {}
        for member in makefile.members if makefile else ():
            source = posixpath.normpath(posixpath.join(driver.directory, f"{member.path[:-2]}.c"))
            own = source in driver.files or not member.path.endswith(".o")
            if not own and headers & set(self._headers_of(source)):
                found[source] = None
        return tuple(found)

    def objects_of(self, path: str) -> tuple[KbuildObject, ...]:
        """All ways in which Kbuild builds the C file ``path``, nearest Makefile first."""
        directory = posixpath.dirname(path)
        while True:
            makefile = self._makefile(directory)
            if makefile is not None:
                wanted = f"{posixpath.relpath(path, directory or '.').removesuffix('.c')}.o"
                hits = [one for one in makefile.members if _normal(one.path) == wanted]
                parts = [one for one in hits if one.module] or hits
                if parts:
                    return tuple(self._object(directory, one) for one in parts)
            if not directory:
                return ()
            directory = posixpath.dirname(directory)

    # -- drivers -------------------------------------------------------------------

    def _driver(self, built: KbuildObject) -> Driver:
        sources = tuple(dict.fromkeys(self._siblings(built)))
        headers: dict[str, None] = {}
        for source in sources:
            headers.update(dict.fromkeys(self._headers_of(source)))
        name = _name(built, sources)
        return Driver(name, built.makefile, built.symbol, (*sources, *sorted(headers)))

    def _siblings(self, built: KbuildObject) -> Iterator[str]:
        makefile = self._makefile(built.makefile)
        for member in makefile.members if makefile else ():
            if not member.path.endswith(".o"):
                continue
            if built.symbol:
                same = member.symbol == built.symbol
            else:
                same = not member.symbol and bool(built.module) and member.module == built.module
            source = posixpath.normpath(posixpath.join(built.makefile, f"{member.path[:-2]}.c"))
            if not built.symbol and not built.module and not member.symbol and not member.module:
                same = self._in_one_entry(source, built.source)
            if (same or source == built.source) and self._has(source):
                yield source

    def _in_one_entry(self, one: str, other: str) -> bool:
        """Whether MAINTAINERS has both files in one entry, which is about no whole folder."""
        if self._maintained is None:
            self._maintained = Entries(self._text("MAINTAINERS") or "")
        entry = self._maintained.of(one)
        return entry is not None and entry == self._maintained.of(other)

    def _including(self, header: str) -> tuple[Driver, ...]:
        directory = posixpath.dirname(header)
        makefile = self._makefile(directory)
        found: dict[Driver, None] = {}
        for member in makefile.members if makefile else ():
            source = posixpath.normpath(posixpath.join(directory, f"{member.path[:-2]}.c"))
            if member.path.endswith(".o") and header in self._headers_of(source):
                found[self._driver(self.objects_of(source)[0])] = None
        return tuple(found)

    def _headers_of(self, path: str) -> tuple[str, ...]:
        """The headers that ``path`` includes with quotes, transitively, near it in the tree."""
        if path not in self._headers:
            found: dict[str, None] = {}
            waiting = [path]
            while waiting:
                current = waiting.pop()
                for name in self._includes(current) or ():
                    near = posixpath.join(posixpath.dirname(current), name.decode(errors="replace"))
                    header = posixpath.normpath(near)
                    if header not in found and header.endswith(".h") and self._has(header):
                        found[header] = None
                        waiting.append(header)
            self._headers[path] = tuple(found)
        return self._headers[path]

    def _has(self, path: str) -> bool:
        return not path.startswith("../") and self._includes(path) is not None

    def _includes(self, path: str) -> tuple[bytes, ...] | None:
        """What a file includes with quotes; None if there is no such file."""
        if path not in self._included:
            source = self.repo.read(self.commit, path)
            found = tuple(_INCLUDE.findall(source.text)) if source is not None else None
            self._included[path] = found
        return self._included[path]

    # -- Makefiles -----------------------------------------------------------------

    def _makefile(self, directory: str) -> Makefile | None:
        if directory not in self._makefiles:
            # Kbuild itself prefers a file called Kbuild; the top Makefile is not one of its.
            names = ("Kbuild", "Makefile") if directory else ("Kbuild",)
            texts = (self._text(posixpath.join(directory, name)) for name in names)
            text = next((one for one in texts if one is not None), None)
            made = None if text is None else Makefile(directory, text, self._text)
            self._makefiles[directory] = made
        return self._makefiles[directory]

    def _text(self, path: str) -> str | None:
        source = self.repo.read(self.commit, path)
        return source.text.decode(errors="replace") if source else None

    def _object(self, directory: str, member: Member) -> KbuildObject:
        target = posixpath.normpath(posixpath.join(directory, member.path))
        confined = _ARCHITECTURE.match(target)
        return KbuildObject(
            target=target,
            source=f"{target[:-2]}.c",
            symbol=member.symbol,
            module=member.module,
            makefile=directory,
            conditions=tuple(dict.fromkeys((*member.conditions, *self._above(directory)))),
            architecture=confined.group(1) if confined else "",
        )

    def _above(self, directory: str) -> tuple[Condition, ...]:
        """What parent Makefiles ask for before they enter ``directory``.

        A folder that several lines enter needs just one of them, and is then taken as
        free when one of these has no condition.
        """
        conditions: list[Condition] = []
        while directory:
            entered = self._entries(directory)
            if entered and all(entered):
                conditions.extend(entered[0])
            directory = posixpath.dirname(directory)
        return tuple(conditions)

    def _entries(self, directory: str) -> list[tuple[Condition, ...]]:
        parent = posixpath.dirname(directory)
        while True:
            makefile = self._makefile(parent)
            if makefile is not None:
                wanted = posixpath.relpath(directory, parent or ".")
                found = [
                    member.conditions
                    for member in makefile.members
                    if member.path.endswith("/") and _normal(member.path) == wanted
                ]
                if found:
                    return found
            if not parent:
                return []
            parent = posixpath.dirname(parent)

    def _version(self) -> str:
        makefile = self._text("Makefile") or ""
        fields = dict(
            re.findall(r"^(VERSION|PATCHLEVEL|SUBLEVEL)[ \t]*=[ \t]*(\d+)", makefile, re.MULTILINE)
        )
        marked = all(self._text(name) is not None for name in ("Kbuild", "Kconfig"))
        if not marked or not {"VERSION", "PATCHLEVEL"} <= fields.keys():
            raise InputError(
                f"commit {self.commit[:12]} is not a Linux kernel tree",
                "give a kernel repository with --tree and a kernel revision with --rev",
            )
        return f"{fields['VERSION']}.{fields['PATCHLEVEL']}.{fields.get('SUBLEVEL', '0')}"


def _normal(path: str) -> str:
    return posixpath.normpath(path)


def _name(built: KbuildObject, sources: tuple[str, ...]) -> str:
    """A short name for people: see the order of preference in the comments."""
    stems = tuple(posixpath.basename(source)[:-2] for source in sources)
    stem = next(
        # the file that its composite module is named after
        (one for one in stems if built.module and _plain(one) == _plain(built.module)),
        # what several files have in common, the composite module, a part that only the
        # folder can name, the first file
        _common_prefix(stems) or built.module or _generic(stems) or stems[0],
    )
    words = [word for word in re.split(r"[-_]", stem) if word]
    telling = [word for word in words if word != _AFFIX]
    if not telling or _generic(("_".join(telling),)):
        return _folder_name(built.makefile)
    if all(re.fullmatch(r"v?\d+", word) for word in telling):
        return "_".join((_folder_name(built.makefile), *telling))
    separator = "-" if "-" in stem else "_"
    return separator.join(telling)


def _common_prefix(stems: tuple[str, ...]) -> str:
    """The whole words that all of several stems begin with: a stem itself, or ""."""
    if len(stems) == 1:
        return stems[0]
    split = [re.split(r"[-_]", stem) for stem in stems]
    shortest = min(split, key=len)
    if all(words[: len(shortest)] == shortest for words in split):
        return stems[split.index(shortest)]
    return ""


def _generic(stems: tuple[str, ...]) -> str:
    """The first stem that tells nothing without its folder, or ""."""
    return next((stem for stem in stems if _GENERIC.fullmatch(stem)), "")


def _folder_name(directory: str) -> str:
    parts = [part for part in directory.split("/") if part]
    telling = [part for part in parts if part != "arch" and not _generic((part,))]
    return telling[-1] if telling else (parts[-1] if parts else "kernel")


def _plain(name: str) -> str:
    return name.replace("_", "-")


def _qualified(driver: Driver) -> str:
    return f"{driver.directory.replace('/', '-')}-{driver.name}"
