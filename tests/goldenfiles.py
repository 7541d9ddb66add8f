# SPDX-License-Identifier: GPL-2.0-only
"""Whole results as files in tests/golden."""

from __future__ import annotations

import os
from pathlib import Path

GOLDEN = Path(__file__).resolve().parent / "golden"


def same_as(name: str, text: str) -> None:
    """Compare with a golden file, or rewrite it if ERRNO_GEN_UPDATE_GOLDEN is set."""
    path = GOLDEN / name
    if os.environ.get("ERRNO_GEN_UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
