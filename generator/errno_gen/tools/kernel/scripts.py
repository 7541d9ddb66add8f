# SPDX-License-Identifier: GPL-2.0-only
"""A kernel's own scripts for patches, laid out from a revision in a scratch folder.

The user's work tree may be bare or at another commit, so nothing there is run. The scripts
look for the files at the top and for folders that MAINTAINERS names: the folders are made,
empty. They see no configuration of the user.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from errno_gen.errors import ToolError
from errno_gen.tools import process
from errno_gen.tools.git.gitobjects import split
from errno_gen.tools.git.repository import Repository

MAINTAINERS = "scripts/get_maintainer.pl"
CHECKPATCH = "scripts/checkpatch.pl"
_WANTED = re.compile(
    r"[^/]+|MAINTAINERS/.*|scripts/(get_maintainer\.pl|checkpatch\.pl|spelling\.txt|"
    r"const_structs\.checkpatch|[^/]*\.checkpatch)"
)
_TIMEOUT = 300.0
_PERL = "install perl, on Debian: apt-get install perl"


class Scripts:
    """The scripts of the kernel at ``commit``, below ``folder``, which must be empty."""

    def __init__(self, repo: Repository, commit: str, folder: Path) -> None:
        self.folder = folder
        self._lay_out(repo, commit)

    def has(self, script: str) -> bool:
        """Whether the tree has this script."""
        return (self.folder / script).is_file()

    def run(self, script: str, *arguments: str) -> process.Completed:
        """Run a script at the top of the tree, whatever its exit code.

        Raises ToolError if there is no perl or the script cannot be run.
        """
        perl = process.require("perl", _PERL)
        command = (perl, str(self.folder / script), *arguments)
        done = process.run(
            command, cwd=self.folder, env=self._environment(), timeout=_TIMEOUT, check=False
        )
        told = done.stderr.decode(errors="replace")
        if done.returncode not in (0, 1) or "Can't locate" in told:
            last = (told.strip().splitlines() or ["it said nothing"])[-1]
            raise ToolError(
                f"{script} of this kernel failed (exit {done.returncode}): {last}",
                _PERL if "Can't locate" in told else "",
                argv=done.argv,
                log=told[-4000:],
            )
        return done

    def _environment(self) -> Mapping[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        # Without a repository: what git would tell depends on how deep the history is.
        ceiling = {"GIT_CEILING_DIRECTORIES": str(self.folder.parent)}
        return {**kept, **ceiling, "HOME": str(self.folder), "LC_ALL": "C.UTF-8"}

    def _lay_out(self, repo: Repository, commit: str) -> None:
        folders = repo.plumbing("ls-tree", "-r", "-d", "-z", "--name-only", "--full-tree", commit)
        for name in split(folders):
            (self.folder / os.fsdecode(name)).mkdir(parents=True, exist_ok=True)
        for path in self._paths(repo, commit):
            source = repo.read(commit, path)
            if source is not None:
                place = self.folder / path
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(source.text)

    @staticmethod
    def _paths(repo: Repository, commit: str) -> tuple[str, ...]:
        top = split(repo.plumbing("ls-tree", "-z", "--name-only", "--full-tree", commit))
        names = tuple(os.fsdecode(name) for name in top)
        below = (*repo.list(commit, "scripts"), *repo.list(commit, "MAINTAINERS"))
        return tuple(path for path in (*names, *below) if _WANTED.fullmatch(path))
