# SPDX-License-Identifier: GPL-2.0-only
"""What is said of objects and warnings, word by word."""

from __future__ import annotations

from errno_gen.model import BuildResult, FunctionChange, ObjectChange, Status
from errno_gen.tools.objects.objecttext import (
    flags,
    object_lines,
    object_text,
    patch_note,
    warning_lines,
)

_ATTACH = FunctionChange("alpha_attach", "immediates", "edited")
_OBJECT = "drivers/iommu/alpha.o"


def result(
    architecture: str, *changes: ObjectChange, warnings: tuple[str, ...] = ()
) -> BuildResult:
    return BuildResult(
        "c" * 40, "alpha", architecture, "allmodconfig", (_OBJECT,), Status.PASS, "",
        changes=changes, warnings=warnings,
    )  # fmt: skip


def test_one_line_for_an_object() -> None:
    assert (
        object_text(ObjectChange(_OBJECT, (_ATTACH,), 92))
        == "alpha.o: alpha_attach differs (immediates only); 92 other functions identical"
    )
    changes = (
        FunctionChange("alpha_enable", "immediates", "inlined alpha_check"),
        FunctionChange("alpha_init", "new", "edited"),
        FunctionChange("alpha_map", "instructions", "edited"),
        FunctionChange("alpha_ops", "data", ""),
    )
    assert object_text(ObjectChange(_OBJECT, changes, 1)) == (
        "alpha.o: alpha_enable differs (inlined alpha_check, immediates only), alpha_init is new, "
        "alpha_map differs, alpha_ops (data) differs; 1 other function identical"
    )
    assert object_text(ObjectChange(_OBJECT, (), 3)) == "alpha.o: all 3 functions identical"
    assert (
        object_text(ObjectChange(_OBJECT, missing="its code could not be read"))
        == "alpha.o: not compared, its code could not be read"
    )


def test_what_is_flagged_follows_its_object() -> None:
    change = ObjectChange(_OBJECT, (_ATTACH,), 2, flagged=("alpha_map: differs",))
    assert object_lines([result("x86_64", change)]) == (
        "cccccccccccc x86_64 alpha.o: alpha_attach differs (immediates only); "
        "2 other functions identical",
        "  flagged: alpha_map: differs",
    )
    assert flags([result("x86_64", change), result("arm64")]) == 1


def test_the_note_of_a_patch_joins_architectures_that_agree() -> None:
    same, other = ObjectChange(_OBJECT, (_ATTACH,), 2), ObjectChange(_OBJECT, (_ATTACH,), 3)
    gone = ObjectChange(_OBJECT, (FunctionChange("alpha_map", "gone", ""),), 1, flagged=("odd",))
    results = [result("x86_64", same), result("arm64", same), result("arm", other)]
    assert patch_note([*results, result("s390", gone)]) == (
        "alpha.o (x86_64, arm64 and arm): alpha_attach differs (immediates only); 2\n"
        "and 3 other functions identical.\n"
        "alpha.o (s390): alpha_map is gone; not explained by the edits: odd; 1 other\n"
        "function identical."
    )
    assert patch_note([result("x86_64", ObjectChange(_OBJECT, (), 4))]) == (
        "alpha.o (x86_64): 4 functions identical."
    )
    assert patch_note([result("x86_64", ObjectChange(_OBJECT, missing="none"))]) == ""
    assert patch_note([result("x86_64")]) == ""


def test_a_warning_is_told_once_for_a_commit() -> None:
    told = "drivers/iommu/alpha.c:3: unused variable 'x' [-Wunused-variable]"
    results = [result("x86_64", warnings=(told,)), result("arm64", warnings=(told,))]
    assert warning_lines(results) == (f"new warning in cccccccccccc on x86_64 and arm64: {told}",)
