# SPDX-License-Identifier: GPL-2.0-only
"""What a person sees is what was said."""

from __future__ import annotations

import pytest

from errno_gen.cli.console import Screen


def test_a_line_number_between_colons_is_no_emoji(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen.make()
    screen.line("a.c:100: told")
    screen.note("a.c:100: noted")
    assert tuple(capsys.readouterr()) == ("a.c:100: told\n", "note: a.c:100: noted\n")
