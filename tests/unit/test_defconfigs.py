# SPDX-License-Identifier: GPL-2.0-only
"""Default configurations that set a symbol, found in a small tree."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import MakeRepo
from errno_gen.errors import InputError
from errno_gen.tools.compile.defconfigs import defconfigs, from_file, named
from errno_gen.tools.git.repository import Repository
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
        Configuration("powerpc", "defconfig acme.config", fallback=True),
    )
    assert defconfigs(repo, repo.resolve("HEAD"), "CONFIG_NONE") == ()


def test_the_plain_defconfig_and_fragments_for_all_architectures(make_repo: MakeRepo) -> None:
    made = make_repo(
        {
            "arch/s390/configs/defconfig": "CONFIG_ACME=y\n",
            "arch/x86/configs/i386_defconfig": "CONFIG_ACME=y\n",
            "kernel/configs/acme.config": "CONFIG_NET=y\n",
        }
    )
    repo = Repository.open(made.path)
    head = repo.resolve("HEAD")
    assert [str(one) for one in defconfigs(repo, head, "CONFIG_ACME")] == [
        "s390 defconfig",
        "x86_64 i386_defconfig",
    ]
    found = [str(one) for one in defconfigs(repo, head, "CONFIG_NET")]
    assert found[:2] == ["x86_64 defconfig acme.config", "arm64 defconfig acme.config"]
    assert len(found) == 6


_TREE = {
    "arch/powerpc/Makefile": _MAKEFILE,
    "arch/powerpc/configs/acme.config": "CONFIG_ACME=y\n",
    "arch/arm/configs/acme_defconfig": "CONFIG_ACME=m\n",
    "kernel/configs/debug.config": "CONFIG_DEBUG=y\n",
}


@pytest.fixture
def tree(make_repo: MakeRepo) -> Repository:
    return Repository.open(make_repo(_TREE).path)


def asked(tree: Repository, name: str, *architectures: str) -> list[tuple[str, bool]]:
    found = named(tree, tree.resolve("HEAD"), name, architectures)
    return [(str(one), one.fallback) for one in found]


def test_a_person_names_a_configuration(tree: Repository) -> None:
    assert asked(tree, "acme_defconfig") == [("arm acme_defconfig", False)]
    assert asked(tree, "board_defconfig") == [("powerpc board_defconfig", False)]
    assert asked(tree, "acme.config") == [("powerpc defconfig acme.config", False)]
    assert asked(tree, "allyesconfig", "arm") == [("arm allyesconfig", False)]
    assert asked(tree, "acme_defconfig,debug.config") == [
        ("arm acme_defconfig debug.config", False)
    ]
    everywhere = asked(tree, "debug.config")
    assert everywhere[0] == ("x86_64 defconfig debug.config", False)
    assert everywhere[-1] == ("riscv defconfig debug.config", True)


@pytest.mark.parametrize(
    ("name", "architectures", "told"),
    [
        ("none_defconfig", (), "has no configuration 'none_defconfig'; give one of arch/"),
        ("acme_defconfig", ("arm64",), "has no configuration 'acme_defconfig' for arm64"),
        ("acme_defconfig,board_defconfig", (), "'board_defconfig' in .* is no fragment"),
        ("acme_defconfig,acme.config", (), "no architecture has all of acme_defconfig, acme"),
        ("../Kbuild", (), "has no configuration '../Kbuild'"),
        ("clean", (), "has no configuration 'clean'"),
        ("", (), "has no configuration ''"),
        ("allyesconfig", ("vax",), "no configuration for architecture 'vax'"),
    ],
)
def test_a_name_that_means_nothing(
    tree: Repository, name: str, architectures: tuple[str, ...], told: str
) -> None:
    with pytest.raises(InputError, match=told):
        asked(tree, name, *architectures)


def head_of(architecture: str) -> str:
    return f"#\n# Automatically generated\n# Linux/{architecture} 6.1.0 Kernel Configuration\n#\n"


def test_a_file_says_for_which_architecture_it_is(tmp_path: Path) -> None:
    file = tmp_path / "my.config"
    for said, more, expected in (
        ("arm64", "CONFIG_64BIT=y\n", "arm64"),
        ("x86", "CONFIG_64BIT=y\n", "x86_64"),
        ("x86_64", "CONFIG_64BIT=y\n", "x86_64"),
        ("arm", "# CONFIG_64BIT is not set\n", "arm"),
    ):
        file.write_text(head_of(said) + more, encoding="utf-8")
        found = from_file(file)
        assert (found.architecture, found.config) == (expected, "my.config")
        assert found.targets == ("olddefconfig",)
    file.write_text("CONFIG_ACME=y\n", encoding="utf-8")
    with pytest.raises(InputError, match="does not tell its architecture; give it with --arch"):
        from_file(file)
    assert from_file(file, ("arm",)).architecture == "arm"
    with pytest.raises(InputError, match="is for one architecture"):
        from_file(file, ("arm", "arm64"))


def test_a_file_that_cannot_be_used(tmp_path: Path) -> None:
    file = tmp_path / "my.config"
    with pytest.raises(InputError, match=r"cannot read .*my\.config: No such file"):
        from_file(file)
    for content, told in (
        (b"", "sets no CONFIG_ symbol"),
        (b"\xff\xfe", "it is not UTF-8"),
        (head_of("x86").encode() + b"# CONFIG_64BIT is not set\n", "is for x86, which has no"),
        (head_of("sparc").encode() + b"CONFIG_64BIT=y\n", "is for sparc, which has no compiler"),
    ):
        file.write_bytes(content)
        with pytest.raises(InputError, match=told):
            from_file(file)


def test_configurations_have_names_for_files() -> None:
    assert Configuration("arm", "defconfig debug.config").slug == "defconfig+debug.config"
    one, other = (Configuration("arm", "my.config", text=text) for text in ("A=y", "B=y"))
    assert one.slug != other.slug
    assert one.slug.startswith("config-")
