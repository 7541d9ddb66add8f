# SPDX-License-Identifier: GPL-2.0-only
"""What is read from a .config."""

from __future__ import annotations

import os
from pathlib import Path

from errno_gen.tools.kernel.dotconfig import DotConfig, read_config
from errno_gen.tools.kernel.makefile import Condition

_TEXT = """\
#
# Linux/x86 6.1.0 Kernel Configuration
#
CONFIG_CC_VERSION_TEXT="x86_64-linux-gnu-gcc (Debian 12.2.0-14) 12.2.0"
CONFIG_AS_VERSION=24000
CONFIG_LD_VERSION=24001
CONFIG_LLD_VERSION=0
CONFIG_ALPHA=y
CONFIG_BETA=m
CONFIG_COUNT=5
# CONFIG_GAMMA is not set
"""


def test_symbols_that_are_on(tmp_path: Path) -> None:
    path = tmp_path / ".config"
    path.write_text(_TEXT, encoding="utf-8")
    config = read_config(path)
    on = [
        name
        for name in ("ALPHA", "BETA", "GAMMA", "COUNT", "NONE")
        if config.enables((Condition(f"CONFIG_{name}"),))
    ]
    assert on == ["ALPHA", "BETA"]
    assert config.enables((Condition("CONFIG_ALPHA"), Condition("CONFIG_GAMMA", False)))
    assert not config.enables((Condition("CONFIG_ALPHA", False),))
    assert config.enables(())


def test_the_toolchain_is_what_kbuild_found(tmp_path: Path) -> None:
    path = tmp_path / ".config"
    path.write_text(_TEXT, encoding="utf-8")
    told = "x86_64-linux-gnu-gcc (Debian 12.2.0-14) 12.2.0, as 2.40, ld 2.40.1"
    assert read_config(path).toolchain == told
    assert DotConfig({"CONFIG_ALPHA": "y"}).toolchain == ""


def test_a_changed_file_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / ".config"
    path.write_text("CONFIG_ALPHA=y\n", encoding="utf-8")
    assert read_config(path).enables((Condition("CONFIG_ALPHA"),))
    path.write_text("CONFIG_BETA=y\n", encoding="utf-8")
    os.utime(path, ns=(1, 1))
    assert not read_config(path).enables((Condition("CONFIG_ALPHA"),))
