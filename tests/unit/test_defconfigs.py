# SPDX-License-Identifier: GPL-2.0-only
"""Default configurations that set a symbol, found in a small tree."""

from __future__ import annotations

from conftest import MakeRepo
from errno_gen.tools.defconfigs import defconfigs
from errno_gen.tools.git import Repository
from errno_gen.tools.settings import Configuration

_MAKEFILE = """\
all: zImage

board_defconfig:
\t$(call merge_into_defconfig,base.config,net wide-acme)

PHONY += other_defconfig
other_defconfig:
\t$(call merge_into_defconfig,base.config,acme)
install:
\techo acme
"""


def test_whole_configurations_and_merged_fragments(make_repo: MakeRepo) -> None:
    made = make_repo(
        {
            "arch/powerpc/Makefile": _MAKEFILE,
            "arch/powerpc/configs/acme.config": "CONFIG_ACME=y\n",
            "arch/arm/configs/acme_defconfig": "CONFIG_NET=y\nCONFIG_ACME=m\n",
            "arch/arm/configs/more_defconfig": "CONFIG_ACME_EXTRA=y\n# CONFIG_ACME is not set\n",
            "arch/alpha/configs/acme_defconfig": "CONFIG_ACME=y\n",
        }
    )
    repo = Repository.open(made.path)
    assert defconfigs(repo, repo.resolve("HEAD"), "CONFIG_ACME") == (
        Configuration("arm", "acme_defconfig", fallback=True),
        Configuration("powerpc", "other_defconfig", fallback=True),
    )
    assert defconfigs(repo, repo.resolve("HEAD"), "CONFIG_NONE") == ()
