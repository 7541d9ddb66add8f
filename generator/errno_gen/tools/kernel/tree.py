# SPDX-License-Identifier: GPL-2.0-only
"""A Linux kernel tree at one commit: its version, its drivers, its Kbuild objects.

Nothing is checked out and make is not run: Makefiles are read from the commit.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from errno_gen.errors import InputError
from errno_gen.model import Driver, SourceFile
from errno_gen.tools.kernel.folder import Built, drivers_in
from errno_gen.tools.kernel.links import Links
from errno_gen.tools.kernel.makefile import Condition, Makefile, Member
from errno_gen.tools.kernel.names import told_apart
from errno_gen.tools.kernel.objects import KbuildObject

_INCLUDE = re.compile(rb'^[ \t]*#[ \t]*include[ \t]*"([^"\n]+)"', re.MULTILINE)
_ARCHITECTURE = re.compile(r"^arch/([^/]+)/")


class Reader(Protocol):
    """What is needed of a repository; ``git.repository.Repository`` has it."""

    def read(self, commit: str, path: str) -> SourceFile | None: ...

    def list(self, commit: str, prefix: str = "") -> tuple[str, ...]: ...

    def grep(self, commit: str, words: Sequence[str]) -> tuple[str, ...]: ...

    def grep_lines(self, commit: str, pattern: str) -> Iterator[tuple[str, str]]: ...


class KernelTree:
    """The kernel at ``commit`` of ``repo``. Raises InputError when it is none."""

    def __init__(self, repo: Reader, commit: str) -> None:
        self.repo = repo
        self.commit = commit
        self.version = self._version()
        self._makefiles: dict[str, Makefile | None] = {}
        self._included: dict[str, tuple[bytes, ...] | None] = {}
        self._headers: dict[str, tuple[str, ...]] = {}
        self._links = Links(self._bytes, self.headers_of)
        self._drivers: dict[str, Built] = {}

    def grep(self, words: Sequence[str]) -> tuple[str, ...]:
        """The paths of the C files and headers that hold all of ``words``, sorted."""
        return tuple(sorted(self.repo.grep(self.commit, words)))

    def assigning(self, member: str) -> tuple[str, ...]:
        """The paths of the C files that assign to a member of that name, sorted."""
        # No \s and no lookahead, so that git may fall back to POSIX expressions.
        pattern = rf"[])A-Za-z0-9_](->|[.]){member}[ \t]*=([^=]|$)"
        return tuple(sorted({path for path, _ in self.repo.grep_lines(self.commit, pattern)}))

    def structs(self) -> dict[str, str]:
        """The structs that headers define in their first column, each with its header."""
        lines = self.repo.grep_lines(self.commit, "^struct [A-Za-z0-9_]+ [{]")
        return {line.split()[1]: path for path, line in lines if path.endswith(".h")}

    def sources(self, paths: Iterable[str]) -> tuple[SourceFile, ...]:
        """The files that exist among ``paths``, in that order."""
        read = (self.repo.read(self.commit, path) for path in paths)
        return tuple(source for source in read if source is not None)

    def driver_of(self, path: str) -> Driver:
        """The driver that the C file or header ``path`` belongs to.

        A driver is what its maintainers would call one: the C files of a Makefile that one
        symbol governs or one composite module holds, and those that hang together with
        them (see :mod:`errno_gen.tools.kernel.folder`), then the headers that they include
        with ``"..."``. A header belongs to the first driver of its folder that includes it.
        Raises InputError when no Makefile builds the file. Two drivers may share a name
        here; :meth:`drivers_of` tells such apart.
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
        """The distinct drivers of ``paths``, by name; equal names are told apart.

        A header counts for every driver of its folder that includes it. Files that no
        Makefile builds are left out.
        """
        found: dict[Driver, None] = {}
        for path in sorted(paths):
            if path.endswith(".h"):
                found.update(dict.fromkeys(self._including(path)))
            elif built := self.objects_of(path):
                found[self._driver(built[0])] = None
        return tuple(sorted(told_apart(tuple(found)), key=lambda driver: driver.name))

    def companions(self, driver: Driver) -> tuple[str, ...]:
        """C files of the driver's folder, not its own, that need it or that it needs.

        They call its functions, or are called, though they are no part of it. A header that
        they share with it makes them none.
        """
        own = tuple(path for path in driver.files if path.endswith(".c"))
        makefile = self._makefile(driver.directory)
        found: dict[str, None] = {}
        for source, _ in self._members(makefile) if makefile else ():
            if source not in own and self._hangs_on(source, own):
                found[source] = None
        return tuple(found)

    def _hangs_on(self, source: str, own: Sequence[str]) -> bool:
        needs = self._links.needs
        return any(needs(source, one) or needs(one, source) for one in own)

    def headers_of(self, path: str) -> tuple[str, ...]:
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
        """The driver that one way of building a file belongs to."""
        directory = built.makefile
        if directory not in self._drivers:
            makefile = self._makefile(directory)
            assert makefile is not None
            self._drivers[directory] = drivers_in(
                directory,
                [self._object(directory, member) for _, member in self._members(makefile)],
                self._governing(directory),
                self._links,
                self.headers_of,
            )
        return next(
            driver
            for driver, symbols in self._drivers[directory]
            if built.source in driver.files and (built.symbol, built.module) in symbols
        )

    def _members(self, makefile: Makefile) -> Iterator[tuple[str, Member]]:
        """The objects of a Makefile that are made of a C file, with its path."""
        for member in makefile.members:
            if member.path.endswith(".o"):
                place = posixpath.join(makefile.directory, f"{member.path[:-2]}.c")
                source = posixpath.normpath(place)
                if self._has(source):
                    yield source, member

    def _governing(self, directory: str) -> str:
        """The symbol under which the parent Makefile enters a folder, "" for none or several."""
        entered = self._entries(directory) if directory else []
        symbols = {conditions[-1].symbol for conditions in entered if conditions}
        return symbols.pop() if len(symbols) == 1 and all(entered) else ""

    def _including(self, header: str) -> tuple[Driver, ...]:
        directory = posixpath.dirname(header)
        makefile = self._makefile(directory)
        found: dict[Driver, None] = {}
        for source, _ in self._members(makefile) if makefile else ():
            if header in self.headers_of(source):
                found[self._driver(self.objects_of(source)[0])] = None
        return tuple(found)

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
        text = self._bytes(path)
        return None if text is None else text.decode(errors="replace")

    def _bytes(self, path: str) -> bytes | None:
        source = self.repo.read(self.commit, path)
        return None if source is None else source.text

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
