# SPDX-License-Identifier: GPL-2.0-only
"""Which of a tree's own default configurations set a symbol, found in the tree."""

from __future__ import annotations

import re
from collections.abc import Iterator

from errno_gen.tools.git import Repository
from errno_gen.tools.settings import Configuration, settings

_CONFIG = re.compile(r"arch/([^/]+)/configs/(.+)\Z")
# tuxmake names an architecture where the kernel's folder serves several.
_NAMES = {"x86": "x86_64"}


def defconfigs(repo: Repository, commit: str, symbol: str) -> tuple[Configuration, ...]:
    """Configurations of the tree that set ``symbol`` (with ``CONFIG_``), for known compilers.

    A fragment counts for the targets of the architecture's Makefile that merge it. Whether
    the symbol survives ``make`` has to be seen in the resulting .config.
    """
    found: dict[Configuration, None] = {}
    globs = ("arch/*/configs/*",)
    paths = repo.grep(commit, (f"{symbol}=y", f"{symbol}=m"), all_words=False, globs=globs)
    for path in sorted(paths):
        place = _CONFIG.match(path)
        if place is None:
            continue
        folder, name = place.groups()
        architecture = _NAMES.get(folder, folder)
        if architecture not in settings().image.compilers:
            continue
        for target in _targets(repo, commit, folder, name):
            found[Configuration(architecture, target, fallback=True)] = None
    return tuple(found)


def _targets(repo: Repository, commit: str, folder: str, name: str) -> Iterator[str]:
    """The make targets that use a file of ``arch/<folder>/configs``."""
    if name.endswith("_defconfig"):
        yield name
        return
    makefile = repo.read(commit, f"arch/{folder}/Makefile")
    if makefile is None:
        return
    word = re.compile(rf"(?<![\w.-]){re.escape(name.removesuffix('.config'))}(?![\w-])")
    target = ""
    for line in makefile.text.decode("utf-8", errors="replace").splitlines():
        rule = re.match(r"([\w./-]+_defconfig)[ \t]*:", line)
        if rule is not None:
            target = rule.group(1)
        elif not line.startswith("\t"):
            target = ""
        elif target and word.search(line):
            yield target
