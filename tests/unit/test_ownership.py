# SPDX-License-Identifier: GPL-2.0-only
"""Sites and files that several drivers reach: told of once, changed once."""

from __future__ import annotations

import pytest

from errno_gen.model import Action, Cause, Driver, DriverPatch, FileChange, with_changes
from errno_gen.stages.ownership import contested, owned
from verdicts import find, source, verdict

_SHARED = "drivers/iommu/shared.c"
_A = Driver("a", "drivers/iommu", "CONFIG_A", ("drivers/iommu/a.c",))
_B = Driver("b", "drivers/iommu", "CONFIG_B", ("drivers/iommu/b.c",))
_OWNER = Driver("o", "drivers/iommu", "CONFIG_O", (_SHARED,))
_TEXT = source("return -ENODEV; return -EBUSY;", _SHARED)
_FIRST, _SECOND = find(_TEXT, "-ENODEV"), find(_TEXT, "-EBUSY")


def test_what_only_one_driver_reaches_stays() -> None:
    own = source("return -EBUSY;", "drivers/iommu/b.c")
    verdicts = (
        verdict(_FIRST, "ENODEV", "EINVAL", driver=_A),
        verdict(find(own, "-EBUSY"), "EBUSY", "EINVAL", driver=_B),
    )
    assert owned((_A, _B), verdicts) == verdicts


@pytest.mark.parametrize(
    ("drivers", "name"), [((_A, _B), "a"), ((_A, _B, _OWNER), "o"), ((_B,), "a")]
)
def test_a_site_comes_once_under_the_owner_of_its_file(
    drivers: tuple[Driver, ...], name: str
) -> None:
    one = verdict(_FIRST, "ENODEV", "EINVAL", driver=_A)
    other = with_changes(
        verdict(_FIRST, "ENODEV", "EINVAL", driver=_B),
        callbacks=("b_attach_dev",),
        because=("It is so.",),
    )
    (found,) = owned(drivers, (one, other))
    assert found.driver == name
    assert set(found.callbacks) == {"example_attach_dev", "b_attach_dev"}
    assert set(found.because) == {"Somebody said so.", "It is so."}
    assert (found.cause, found.action) == (Cause.INCOMPATIBLE, Action.REWRITE)


def test_all_of_a_file_is_one_drivers() -> None:
    verdicts = (
        verdict(_FIRST, "ENODEV", "EINVAL", driver=_A),
        verdict(_SECOND, "EBUSY", "EINVAL", driver=_B),
    )
    assert [each.driver for each in owned((_A, _B), verdicts)] == ["a", "a"]


def test_where_drivers_disagree_nothing_is_decided() -> None:
    one = verdict(_FIRST, "ENODEV", "EINVAL", driver=_A)
    other = with_changes(
        verdict(_FIRST, "ENODEV", None, action=Action.KEEP, driver=_B), cause=Cause.DEVICE
    )
    (found,) = owned((_A, _B), (one, other))
    assert (found.cause, found.action, found.wanted) == (Cause.UNKNOWN, Action.REVIEW, None)
    assert found.because[0] == (
        "The drivers that get here have different causes: device in b, incompatible in a."
    )


def _patch(driver: Driver, *after: tuple[str, bytes]) -> DriverPatch:
    changes = tuple(FileChange(path, "0" * 40, b"", text) for path, text in after)
    return DriverPatch(driver, (), changes, (), ())


def test_a_file_changed_twice_stops_one_driver_and_no_other() -> None:
    first = _patch(_A, (_SHARED, b"x"))
    second = _patch(_B, ("drivers/iommu/b.c", b"z"), (_SHARED, b"y"))
    third = _patch(_OWNER, (_SHARED, b"x"))
    kept, failures = contested((first, second, third))
    assert kept == (first, third)
    ((stage, driver, text),) = [(f.stage, f.driver, f.message) for f in failures]
    assert (stage, driver) == ("rewrite", "b")
    assert text == f"{_SHARED} is changed for a as well; apply to a first, then to b on top of it"


def test_patches_side_by_side_all_stay() -> None:
    patches = (_patch(_B, ("b.c", b"x")), _patch(_A, ("a.c", b"y")))
    assert contested(patches) == (patches, ())
