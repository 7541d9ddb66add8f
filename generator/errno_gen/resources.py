# SPDX-License-Identifier: GPL-2.0-only
"""Where the files live that ship with the package: cocci/, templates/ and data/.

In a wheel cocci/ and templates/ are installed as ``errno_gen/_share``; in a
checkout (editable install) they are at the top of the repository.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def share_dir(name: str) -> Path:
    """The folder ``cocci`` or ``templates``, wherever this copy was installed.

    Raises FileNotFoundError when the installation is damaged.
    """
    for candidate in (_PACKAGE / "_share" / name, _PACKAGE.parent.parent / name):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"errno-gen is installed without its {name}/ folder")


def data_file(*parts: str) -> Path:
    """A file below ``errno_gen/data``, for instance ``data_file("kernel_apis.toml")``."""
    return _PACKAGE.joinpath("data", *parts)
