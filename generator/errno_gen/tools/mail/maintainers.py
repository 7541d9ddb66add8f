# SPDX-License-Identifier: GPL-2.0-only
"""Who gets a patch, as the tree's own get_maintainer.pl says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from errno_gen.errors import ToolError
from errno_gen.tools.kernel.scripts import MAINTAINERS, Scripts
from errno_gen.tools.mail.message import address

# By MAINTAINERS alone: who happened to touch a file lately is no maintainer of it.
_OPTIONS = (
    "--nogit",
    "--nogit-fallback",
    "--nogit-blame",
    "--nogit-chief-penguins",
    "--rolestats",
    "--email",
    "--m",
    "--r",
    "--l",
)
_LINE = re.compile(r"(?P<who>\S.*?) \((?P<roles>[^()]*(?:\([^()]*\)[^()]*)*)\)")


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person or list, as ``Name <address>`` or a bare address.

    ``kind`` is ``maintainer``, ``reviewer`` or ``list`` by MAINTAINERS, ``to`` or ``cc`` if the
    user names it, ``trailer`` if a trailer does.
    """

    who: str
    kind: str

    @property
    def address(self) -> str:
        return address(self.who)


def maintainers_of(scripts: Scripts, patch: Path) -> tuple[Recipient, ...]:
    """The recipients of a patch file, in the script's order.

    Raises ToolError if the script fails or says what cannot be read.
    """
    done = scripts.run(MAINTAINERS, *_OPTIONS, str(patch))
    told = done.stderr.decode(errors="replace")
    if done.returncode != 0:
        last = (told.strip().splitlines() or ["it said nothing"])[-1]
        raise ToolError(f"{MAINTAINERS} failed: {last}", argv=done.argv, log=told[-4000:])
    lines = done.stdout.decode("utf-8", "replace").splitlines()
    return tuple(_recipient(line, done.argv) for line in lines if line.strip())


def _recipient(line: str, argv: tuple[str, ...]) -> Recipient:
    match = _LINE.fullmatch(line.strip())
    if match is None:
        raise ToolError(f"{MAINTAINERS} said what is no recipient: {line}", argv=argv)
    role = match["roles"].partition(":")[0]
    kind = "list" if "list" in role else "reviewer" if role == "reviewer" else "maintainer"
    return Recipient(match["who"], kind)
