# SPDX-License-Identifier: GPL-2.0-only
"""The environments in which git runs: which settings of the user it sees.

Two of them: *sealed* for everything that only reads and writes objects, where no
configuration of the user or the system may change a result or start a program, and
*personal* for what is the user's own business: identity, signing, the state of the work
tree. Both point at one repository, whatever the caller's environment points at (a hook,
``git rebase --exec`` and git aliases set such variables).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

# Repository configuration is read in any case, so what could start a program, change
# output or guess is overruled. Objects are synced before a branch shows them: git's own
# default leaves loose objects out, and a power cut could then leave a broken branch.
_OVERRULED = {
    "color.ui": "false",
    "core.fsmonitor": "false",
    "core.fsync": "committed,loose-object",
    "core.hooksPath": os.devnull,
    "core.pager": "cat",
    "i18n.commitEncoding": "UTF-8",
    "i18n.logOutputEncoding": "UTF-8",
    "submodule.recurse": "false",
    "user.useConfigOnly": "true",
}
# git maps all of a kernel's packs into memory if it may, which makes nothing faster here.
_SEALED = {
    "checkout.workers": "0",
    "core.attributesFile": os.devnull,
    "core.autocrlf": "false",
    "core.packedGitLimit": "64m",
    "core.packedGitWindowSize": "4m",
    "core.quotePath": "true",
    "core.sparseCheckout": "false",
    "diff.algorithm": "default",
    "diff.indentHeuristic": "true",
    "diff.interHunkContext": "0",
    "diff.orderFile": os.devnull,
    "diff.suppressBlankEmpty": "false",
    "format.filenameMaxLength": "64",
    "format.forceInBodyFrom": "false",
    "grep.fullName": "true",
    "grep.patternType": "default",
    "trailer.separators": ":",
}

# Variables that tell git where a repository is and how to read it ("git rev-parse
# --local-env-vars" lists most). They belong to the caller's repository, maybe not to ours.
_LOCATION = (
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
)
_PATHSPECS = (
    "GIT_GLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS",
    "GIT_LITERAL_PATHSPECS",
    "GIT_NOGLOB_PATHSPECS",
)


def discovery() -> dict[str, str]:
    """The whole environment in which git finds the repository of a folder by itself.

    The user's configuration counts, since it may name owners to trust (safe.directory).
    """
    kept = {name: value for name, value in os.environ.items() if name not in _LOCATION}
    return {**kept, "LC_ALL": "C", "LANGUAGE": "C"}


def scratch(settings: Mapping[str, str]) -> dict[str, str]:
    """The whole environment for a scratch repository, found from its folder.

    The user's identity and configuration count, but for ``settings`` and for what could
    start a program. Commits there are made now, even where a date is set for others.
    """
    dates = ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE")
    kept = {name: value for name, value in discovery().items() if name not in dates}
    return {**kept, **_configured({**_OVERRULED, **settings}, _first()), "GIT_TERMINAL_PROMPT": "0"}


def sealed(git_dir: Path, common_dir: Path) -> dict[str, str]:
    """What to add to this process's environment so that only the repository counts."""
    return {
        **_located(git_dir, common_dir),
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_PARAMETERS": "",
        "GIT_DIFF_OPTS": "",
        **_configured({**_OVERRULED, **_SEALED}, first=0),
    }


def personal(git_dir: Path, common_dir: Path) -> dict[str, str]:
    """What to add so that the user's identity, signing and filters count as well."""
    return {**_located(git_dir, common_dir), **_configured(_OVERRULED, _first())}


def _first() -> int:
    """The number of the first setting behind those that the environment has already."""
    given = os.environ.get("GIT_CONFIG_COUNT", "")
    return int(given) if given.isdecimal() else 0


def _configured(settings: Mapping[str, str], first: int) -> dict[str, str]:
    """Settings as git takes them from the environment, counted on from ``first``."""
    made = {"GIT_CONFIG_COUNT": str(first + len(settings))}
    for number, (key, value) in enumerate(settings.items(), start=first):
        made[f"GIT_CONFIG_KEY_{number}"] = key
        made[f"GIT_CONFIG_VALUE_{number}"] = value
    return made


def _located(git_dir: Path, common_dir: Path) -> dict[str, str]:
    """Variables for one repository; those that are set for another are set back.

    GitPython can add variables but not take them away. No command here may see a work
    tree unless it is told one, so git is also asked not to take the current folder for it.
    """
    defaults = {
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": "",
        "GIT_COMMON_DIR": str(common_dir),
        "GIT_GRAFT_FILE": str(common_dir / "info" / "grafts"),
        "GIT_INDEX_FILE": str(git_dir / "index"),
        "GIT_NAMESPACE": "",
        "GIT_OBJECT_DIRECTORY": str(common_dir / "objects"),
        "GIT_REPLACE_REF_BASE": "refs/replace/",
        "GIT_SHALLOW_FILE": str(common_dir / "shallow"),
        "GIT_WORK_TREE": str(git_dir),
        **dict.fromkeys(_PATHSPECS, "0"),
    }
    if _in_quarantine(common_dir):
        # A receive hook of this repository: the pushed objects are only there.
        for name in ("GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_OBJECT_DIRECTORY"):
            del defaults[name]
    back = {name: value for name, value in defaults.items() if name in os.environ}
    return {
        **back,
        "GIT_DIR": str(git_dir),
        "GIT_IMPLICIT_WORK_TREE": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
    }


def _in_quarantine(common_dir: Path) -> bool:
    quarantine = os.environ.get("GIT_QUARANTINE_PATH")
    return bool(quarantine) and Path(str(quarantine)).resolve().is_relative_to(common_dir)
