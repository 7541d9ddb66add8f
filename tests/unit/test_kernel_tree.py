# SPDX-License-Identifier: GPL-2.0-only
"""Drivers of a kernel tree as Kbuild knows them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from errno_gen.errors import InputError
from errno_gen.tools.git.repository import Repository
from errno_gen.tools.kernel.tree import KernelTree
from fakekernel import FILES

_D = "drivers/iommu"
_DRIVERS = {
    "Makefile": "VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 3\n",
    "Kbuild": "obj-y += drivers/\nobj-y += arch/$(SRCARCH)/\n",
    "Kconfig": "",
    "drivers/Makefile": "obj-$(CONFIG_IOMMU_SUPPORT) += iommu/\nobj-y += late/\n",
    f"{_D}/Makefile": (
        "obj-y += vend/ duo/\nobj-$(CONFIG_ONE) += one-iommu.o\n"
        "obj-$(CONFIG_TWO) += two_iommu_v1.o\n"
        "obj-$(CONFIG_PAIR) += pair.o pair_domain.o\nobj-$(CONFIG_SMMU) += far/x_smmu.o\n"
        "obj-y += alone.o\nobj-$(CONFIG_A) += iommu_v2.o\n"
    ),
    f"{_D}/one-iommu.c": '#include "one.h"\n#include "../shared.h"\n#include <linux/none.h>\n',
    f"{_D}/one.h": '#include "deep.h"\n',
    f"{_D}/deep.h": "",
    f"{_D}/stranger.h": "",
    "drivers/shared.h": "",
    f"{_D}/two_iommu_v1.c": "",
    f"{_D}/iommu_v2.c": "",
    f"{_D}/pair.c": "",
    f"{_D}/pair_domain.c": '#include "one.h"\n',
    f"{_D}/alone.c": "",
    f"{_D}/far/x_smmu.c": "",
    f"{_D}/vend/Makefile": "obj-$(CONFIG_VEND) += iommu.o init.o quirks.o\n",
    f"{_D}/vend/iommu.c": "",
    f"{_D}/vend/init.c": "",
    f"{_D}/vend/quirks.c": "",
    f"{_D}/duo/Makefile": (
        "obj-$(CONFIG_DUO) += duo_smmu.o\nduo_smmu-y := duo-smmu.o duo-smmu-impl.o\n"
        "duo_smmu-$(CONFIG_DUO_SVA) += sva.o\nobj-$(CONFIG_ONEX) += one.o\n"
    ),
    f"{_D}/duo/duo-smmu.c": "",
    f"{_D}/duo/duo-smmu-impl.c": "",
    f"{_D}/duo/sva.c": "",
    f"{_D}/duo/one.c": "",
    "drivers/late/Kbuild": "obj-y += late.o\nlate-objs := main.o more.o\n",
    "drivers/late/Makefile": "obj-$(CONFIG_WRONG) += main.o\n",
    "drivers/late/main.c": "",
    "drivers/late/more.c": "",
    "arch/odd/Kbuild": "obj-y += kernel/\n",
    "arch/odd/kernel/Makefile": "obj-$(CONFIG_ODD) += iommu.o\n",
    "arch/odd/kernel/iommu.c": "",
    f"{_D}/unbuilt.c": "",
}


@pytest.fixture
def tree_of(make_repo: Any) -> Any:
    def make(files: Mapping[str, str]) -> KernelTree:
        repo = Repository.open(make_repo(files).path)
        return KernelTree(repo, repo.resolve("HEAD"))

    return make


@pytest.fixture
def tree(tree_of: Any) -> KernelTree:
    made: KernelTree = tree_of(_DRIVERS)
    return made


def test_version(tree: KernelTree) -> None:
    assert tree.version == "6.12.3"


@pytest.mark.parametrize("missing", ["Makefile", "Kbuild", "Kconfig"])
def test_what_is_no_kernel(tree_of: Any, missing: str) -> None:
    files = {name: text for name, text in FILES.items() if name != missing}
    with pytest.raises(InputError, match=r"^commit [0-9a-f]{12} is not a Linux kernel tree; give"):
        tree_of(files)


@pytest.mark.parametrize(
    ("path", "name", "symbol", "files"),
    [
        ("one-iommu.c", "one", "CONFIG_ONE", "one-iommu.c deep.h one.h ../shared.h"),
        ("two_iommu_v1.c", "two_v1", "CONFIG_TWO", "two_iommu_v1.c"),
        ("iommu_v2.c", "iommu_v2", "CONFIG_A", "iommu_v2.c"),
        ("pair_domain.c", "pair", "CONFIG_PAIR", "pair.c pair_domain.c deep.h one.h"),
        ("alone.c", "alone", "", "alone.c"),
        ("far/x_smmu.c", "x_smmu", "CONFIG_SMMU", "far/x_smmu.c"),
        ("vend/quirks.c", "vend", "CONFIG_VEND", "vend/iommu.c vend/init.c vend/quirks.c"),
        (
            "duo/sva.c",
            "duo-smmu",
            "CONFIG_DUO",
            "duo/duo-smmu.c duo/duo-smmu-impl.c duo/sva.c",
        ),
        ("../late/more.c", "late", "", "../late/main.c ../late/more.c"),
        ("../../arch/odd/kernel/iommu.c", "odd", "CONFIG_ODD", "../../arch/odd/kernel/iommu.c"),
    ],
)
def test_drivers(tree: KernelTree, path: str, name: str, symbol: str, files: str) -> None:
    def from_top(relative: str) -> str:
        return str((Path("/") / _D / relative).resolve().relative_to("/"))

    driver = tree.driver_of(from_top(path))
    assert (driver.name, driver.symbol) == (name, symbol)
    assert driver.files == tuple(from_top(file) for file in files.split())


_LINK = "int lone_made(void);\n"


@pytest.mark.parametrize(
    ("lone", "tables", "header", "files"),
    [
        # Kbuild says of objects without a symbol only that they are all there.
        ("", "", "", ("lone.c",)),
        ("int a(void)\n{\n\treturn lone_made();\n}\n", "int lone_made(void)\n{\n}\n", _LINK,
         ("lone.c", "lone_tables.c")),
        ("int *a = &lone_shared;\n", "int lone_shared[2] = { 1 };\n",
         "extern int lone_shared[2];\n", ("lone.c", "lone_tables.c")),
        ("int lone_made(void)\n{\n}\n", "int b(void) { return lone_made(); }\n", _LINK,
         ("lone.c", "lone_tables.c")),
        # A header, or a word of a comment, is no link,
        ("int a(void)\n{\n}\n/* lone_made() */\n", "int lone_made(void)\n{\n}\n", _LINK,
         ("lone.c",)),
        ("struct lone;\n", "struct lone;\nstruct lone *x;\n", "struct lone;\n", ("lone.c",)),
        # nor is what is the file's own, or what any module may use.
        ("int a(void) { return lone_made(); }\n", "static int lone_made(void)\n{\n}\n", _LINK,
         ("lone.c",)),
        ("int a(void) { return lone_made(); }\n",
         "int lone_made(void)\n{\n}\nEXPORT_SYMBOL_GPL(lone_made);\n", _LINK, ("lone.c",)),
        ("int a(void) { return lone_made(); }\n", "int lone_made(void)\n{\n}\n", "",
         ("lone.c",)),
    ],
)  # fmt: skip
@pytest.mark.parametrize("entry", ["", f"ALL OF THEM\nF:\t{_D}/lone*\nF:\t{_D}/alone.c\n"])
def test_code_tells_what_kbuild_does_not(
    tree_of: Any, lone: str, tables: str, header: str, files: tuple[str, ...], entry: str
) -> None:
    tree = tree_of(
        {
            **_DRIVERS,
            f"{_D}/Makefile": (
                "obj-y += lone.o lone_tables.o alone.o\nobj-$(CONFIG_X) += lone_x.o\n"
            ),
            f"{_D}/all.h": header,
            f"{_D}/lone.c": f'#include "all.h"\n{lone}',
            f"{_D}/lone_tables.c": f'#include "all.h"\n{tables}',
            f"{_D}/lone_x.c": '#include "all.h"\n',
            f"{_D}/alone.c": '#include "all.h"\n',
            "MAINTAINERS": f"List of maintainers\n\n{entry}\nTHE REST\nF:\t*\nF:\t*/\n",
        }
    )
    driver = tree.driver_of(f"{_D}/lone.c")
    assert driver.files == (*(f"{_D}/{name}" for name in files), f"{_D}/all.h")
    assert driver.name == "lone"
    for stranger in ("lone_x.c", "alone.c"):
        assert tree.driver_of(f"{_D}/{stranger}").files == (f"{_D}/{stranger}", f"{_D}/all.h")
    assert tree.companions(driver) == ()


_USES = '#include "own.h"\nint {0}(void)\n{{\n\treturn {1}();\n}}\n'
_OWN_H = "int main_part(void);\nint option(void);\n"


@pytest.mark.parametrize(
    ("makefile", "first", "second", "joined"),
    [
        # Neither can be without the other, whatever their symbols.
        ("obj-$(CONFIG_A) += iommu.o\nobj-$(CONFIG_B) += nested.o\n",
         _USES.format("main_part", "option"), _USES.format("option", "main_part"), True),
        # An option of the folder's driver, and one that is none.
        ("obj-y += iommu.o\nobj-$(CONFIG_SOLE_NESTED) += nested.o\n",
         _USES.format("main_part", "other"), _USES.format("option", "main_part"), True),
        ("obj-y += iommu.o\nobj-$(CONFIG_NESTED) += nested.o\n",
         _USES.format("main_part", "other"), _USES.format("option", "main_part"), False),
        ("obj-$(CONFIG_A) += iommu.o\nobj-$(CONFIG_A_N) += nested.o\n",
         '#include "own.h"\n', '#include "own.h"\n', False),
        # The folder names the driver, its files just parts.
        ("obj-y += iommu.o nested.o\n", "", "", True),
    ],
)  # fmt: skip
def test_parts_of_one_driver(
    tree_of: Any, makefile: str, first: str, second: str, joined: bool
) -> None:
    tree = tree_of(
        {
            **_DRIVERS,
            f"{_D}/Makefile": "obj-$(CONFIG_SOLE) += sole/\n",
            f"{_D}/sole/Makefile": makefile,
            f"{_D}/sole/own.h": _OWN_H,
            f"{_D}/sole/iommu.c": first,
            f"{_D}/sole/nested.c": second,
        }
    )
    paths = (f"{_D}/sole/iommu.c", f"{_D}/sole/nested.c")
    drivers = tree.drivers_of(paths)
    assert [driver.name for driver in drivers] == (["sole"] if joined else ["nested", "sole"])
    own = [[path for path in driver.files if path.endswith(".c")] for driver in drivers]
    assert own == ([[*paths]] if joined else [[paths[1]], [paths[0]]])


def test_who_calls_a_driver_is_its_companion(tree_of: Any) -> None:
    tree = tree_of(
        {
            **_DRIVERS,
            f"{_D}/Makefile": "obj-$(CONFIG_A) += a.o\nobj-$(CONFIG_B) += b.o\n"
            "obj-$(CONFIG_C) += c.o\n",
            f"{_D}/own.h": _OWN_H,
            f"{_D}/a.c": _USES.format("main_part", "other"),
            f"{_D}/b.c": _USES.format("option", "main_part"),
            f"{_D}/c.c": _USES.format("other", "another"),
        }
    )
    assert tree.companions(tree.driver_of(f"{_D}/a.c")) == (f"{_D}/b.c",)
    assert tree.companions(tree.driver_of(f"{_D}/b.c")) == (f"{_D}/a.c",)
    assert tree.companions(tree.driver_of(f"{_D}/c.c")) == ()


def test_maintainers_do_not_part_what_kbuild_joins(tree_of: Any) -> None:
    entries = f"A\nF:\t{_D}/pair.c\n\nB\nF:\t{_D}/pair_domain.c\n\nC\nF:\t{_D}/duo/sva.c\n"
    tree = tree_of({**_DRIVERS, "MAINTAINERS": entries})
    assert f"{_D}/pair_domain.c" in tree.driver_of(f"{_D}/pair.c").files
    assert f"{_D}/duo/sva.c" in tree.driver_of(f"{_D}/duo/duo-smmu.c").files


def test_a_file_that_nothing_builds(tree: KernelTree) -> None:
    with pytest.raises(InputError, match="no Makefile builds it"):
        tree.driver_of(f"{_D}/unbuilt.c")
    with pytest.raises(InputError, match="no driver of its folder includes it"):
        tree.driver_of(f"{_D}/stranger.h")
    assert tree.drivers_of((f"{_D}/unbuilt.c", f"{_D}/stranger.h")) == ()


def test_a_header_belongs_to_all_that_include_it(tree: KernelTree) -> None:
    drivers = tree.drivers_of((f"{_D}/deep.h",))
    assert [driver.name for driver in drivers] == ["one", "pair"]


@pytest.mark.parametrize(
    ("made", "names"),
    [
        # What was cut off comes back where that is enough.
        ({"": ("case.c", "case-iommu.c")}, ["case", "case-iommu"]),
        ({"": ("one-iommu.c",), "duo/": ("one.c",)}, ["one", "one-iommu"]),
        # The folder's namesake keeps its name.
        ({"duo/": ("duo.c",), "": ("duo.c",)}, ["duo", "iommu-duo"]),
        ({"duo/": ("one.c",), "trio/": ("one.c",)}, ["duo-one", "trio-one"]),
        ({"duo/kernel/": ("one.c",), "duo/lib/": ("one.c",)},
         ["drivers-iommu-duo-kernel-one", "drivers-iommu-duo-lib-one"]),
        ({"": ("case.c", "case-iommu.c", "iommu_case.c")}, ["case", "case-iommu", "iommu_case"]),
    ],
)  # fmt: skip
def test_equal_names_are_told_apart(
    tree_of: Any, made: Mapping[str, tuple[str, ...]], names: list[str]
) -> None:
    files = dict(_DRIVERS)
    for folder, stems in made.items():
        lines = (
            f"obj-$(CONFIG_{n}) += {stem.removesuffix('.c')}.o" for n, stem in enumerate(stems)
        )
        files[f"{_D}/{folder}Makefile"] = "".join(f"{line}\n" for line in lines)
        files.update({f"{_D}/{folder}{stem}": "" for stem in stems})
    paths = [f"{_D}/{folder}{stem}" for folder, stems in made.items() for stem in stems]
    drivers = tree_of(files).drivers_of(paths)
    assert [driver.name for driver in drivers] == names
    assert sorted(path for driver in drivers for path in driver.files) == sorted(paths)


def test_objects_carry_all_conditions(tree: KernelTree) -> None:
    (sva,) = tree.objects_of(f"{_D}/duo/sva.c")
    assert sva.target == f"{_D}/duo/sva.o"
    assert sva.module == "duo_smmu"
    assert [str(one) for one in sva.conditions] == [
        "CONFIG_DUO",
        "CONFIG_DUO_SVA",
        "CONFIG_IOMMU_SUPPORT",
    ]
    (odd,) = tree.objects_of("arch/odd/kernel/iommu.c")
    assert (odd.architecture, [str(one) for one in odd.conditions]) == ("odd", ["CONFIG_ODD"])


@pytest.mark.kernel
@pytest.mark.parametrize("version", ["61", "612"])
def test_drivers_of_the_real_kernel(version: str, request: pytest.FixtureRequest) -> None:
    repo = Repository.open(request.getfixturevalue(f"kernel_{version}"))
    tree = KernelTree(repo, repo.resolve("HEAD"))
    found = {
        driver.name: driver
        for driver in tree.drivers_of(tree.grep(("iommu_domain_ops", "attach_dev")))
    }
    assert {"amd", "arm-smmu", "arm-smmu-v3", "fsl_pamu", "intel", "mtk", "mtk_v1", "omap"} <= set(
        found
    )
    assert {"qcom", "s390", "tegra-smmu", "virtio"} <= set(found)
    assert ("tegra-gart" in found) is (version == "61")
    assert found["fsl_pamu"].symbol == "CONFIG_FSL_PAMU"
    assert found["arm-smmu-v3"].files[:2] == (
        "drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c",
        "drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3-sva.c",
    )

    def sources(name: str) -> list[str]:
        return [path for path in found[name].files if path.endswith(".c")]

    # One driver of two files, one of some, and two drivers in one folder.
    assert sources("fsl_pamu") == ["drivers/iommu/fsl_pamu.c", "drivers/iommu/fsl_pamu_domain.c"]
    assert sources("intel")[:2] == ["drivers/iommu/intel/iommu.c", "drivers/iommu/intel/pasid.c"]
    assert sources("qcom") == ["drivers/iommu/arm/arm-smmu/qcom_iommu.c"]
    assert "drivers/iommu/arm/arm-smmu/arm-smmu-qcom.c" in sources("arm-smmu")
    assert "drivers/iommu/arm/arm-smmu/qcom_iommu.c" not in sources("arm-smmu")
