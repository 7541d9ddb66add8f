# SPDX-License-Identifier: GPL-2.0-only
"""How commits are compiled, as data/kbuild.toml says."""

from __future__ import annotations

import functools
import hashlib
import tomllib
from collections.abc import Sequence

import msgspec

from errno_gen.errors import InputError
from errno_gen.resources import data_file


class ImageSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The image: name, base image, Debian suite, user inside, packages, cross compilers."""

    name: str
    base: str
    suite: str
    user: str
    uid: int
    packages: tuple[str, ...]
    compilers: dict[str, str]


class Configuration(msgspec.Struct, frozen=True, order=True, forbid_unknown_fields=True):
    """An architecture (tuxmake's name) and what makes its .config.

    ``config`` are configuration targets of kbuild, divided by blanks: one that makes a
    whole .config, then fragments that are merged into it. With ``text`` it is the name of
    a file of the user's, and ``text`` what is in it. With ``fallback`` it is only for what
    no configuration before it enables.
    """

    architecture: str
    config: str
    fallback: bool = False
    text: str = ""

    def __str__(self) -> str:
        return f"{self.architecture} {self.config}"

    @property
    def targets(self) -> tuple[str, ...]:
        """The targets for make, in order; a .config that is there is brought up to date."""
        return ("olddefconfig",) if self.text else tuple(self.config.split())

    @property
    def slug(self) -> str:
        """The configuration as part of a file name, apart from all others."""
        if self.text:
            return f"config-{hashlib.sha256(self.text.encode()).hexdigest()[:10]}"
        return self.config.replace(" ", "+")


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file; ``variables`` are set in every call of make, ``prefixes`` are compilers'.

    ``cache`` is the bound on what the kept sources and build folders take, as 10G.
    """

    cache: str
    image: ImageSettings
    prefixes: dict[str, str]
    variables: dict[str, str]
    candidates: tuple[Configuration, ...]


@functools.cache
def settings() -> Settings:
    """The settings that ship with the package."""
    text = data_file("kbuild.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), Settings)


def candidates(architectures: Sequence[str] = ()) -> tuple[Configuration, ...]:
    """The configurations to try, in order; only those of ``architectures`` if any are named.

    Raises InputError for an architecture that has none.
    """
    known = settings().candidates
    names = known_architectures()
    for name in architectures:
        if name not in names:
            raise InputError(
                f"no configuration for architecture '{name}'", f"give {', '.join(names)}"
            )
    chosen = (one for one in known if one.architecture in architectures)
    return (
        tuple(msgspec.structs.replace(one, fallback=False) for one in chosen)
        if architectures
        else known
    )


def known_architectures() -> tuple[str, ...]:
    """The architectures (tuxmake's names) that have a compiler, in the order to try them."""
    return tuple(dict.fromkeys(one.architecture for one in settings().candidates))
