# SPDX-License-Identifier: GPL-2.0-only
"""Laws of rewrites in steps, on every small C file of the analysis that has several."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis_fixtures import analysed, names, sources
from errno_gen.errors import SourceError
from errno_gen.model import (
    TO_CHANGE,
    Action,
    Cause,
    Driver,
    DriverPatch,
    FileChange,
    Group,
    SourceFile,
    Verdict,
    with_changes,
)
from errno_gen.stages.rewrite import rewrite
from errno_gen.stages.rewrite.steps import group_of, in_steps
from patches import patch
from verdicts import PATH, find, source, verdict


def _several() -> list[str]:
    """The fixtures whose verdicts ask for changes of more than one group."""
    found = []
    for name in names():
        asked = [v for v in analysed(sources(name)) if v.action in TO_CHANGE]
        if len({group_of(each) for each in asked}) > 1:
            found.append(name)
    return found


@pytest.mark.parametrize("name", _several())
def test_the_last_step_is_the_whole(name: str, tmp_path: Path) -> None:
    texts = sources(name)
    verdicts = analysed(texts)
    files = {
        path: SourceFile(path, "", text.encode(errors="surrogateescape"))
        for path, text in texts.items()
    }
    driver = Driver("fixture", "", "", tuple(texts))

    def rewritten(steps: bool) -> DriverPatch | None:
        return rewrite(
            driver, (), verdicts, files, scratch=tmp_path, timeout=60, steps=steps
        )  # fmt: skip

    try:
        whole = rewritten(False)
    except SourceError:
        with pytest.raises(SourceError):
            rewritten(True)
        return
    divided = rewritten(True)
    if whole is None or not whole.changes:
        assert divided == whole
        return
    assert divided is not None
    assert with_changes(divided, portions=()) == whole
    portions = divided.portions
    assert portions[-1].changes == whole.changes
    order = list(Group)
    assert [p.group for p in portions] == sorted({p.group for p in portions}, key=order.index)
    asked = [v for v in whole.verdicts if v.action in TO_CHANGE]
    told = [v for p in portions for v in p.verdicts]
    assert sorted(map(repr, told)) == sorted(map(repr, asked))
    texts_of = [tuple((c.path, c.after) for c in p.changes) for p in portions]
    assert len(set(texts_of)) == len(texts_of), "each step changes something"


def test_there_are_fixtures_with_several_groups() -> None:
    assert len(_several()) >= 10


FILE = source("int f(int x)\n{\n\tif (x)\n\t\treturn -EBUSY;\n\treturn -EXDEV;\n}\n")
BUSY = verdict(find(FILE, "-EBUSY"), "EBUSY", "ENODEV")
XDEV = verdict(find(FILE, "-EXDEV"), "EXDEV", "EINVAL")


def _changed(after: bytes) -> tuple[FileChange, ...]:
    return (FileChange(PATH, FILE.blob, FILE.text, after),)


def _divided(fails: bool) -> DriverPatch:
    """Two groups, the first of which cannot be served alone if ``fails``."""
    device = with_changes(BUSY, cause=Cause.DEVICE)
    domain = with_changes(XDEV, cause=Cause.INCOMPATIBLE)
    after = FILE.text.replace(b"-EXDEV", b"-EINVAL").replace(b"-EBUSY", b"-ENODEV")
    whole = patch(_changed(after), (device, domain))

    def alone(asked: tuple[Verdict, ...]) -> DriverPatch:
        assert [v.action for v in asked] == [Action.REWRITE, Action.KEEP]
        text = FILE.text.replace(b"-EBUSY", b"-ENODEV")
        left = (with_changes(asked[0], action=Action.REVIEW), asked[1])
        return patch(_changed(text), left if fails else asked)

    return in_steps((device, domain), whole, alone)


def test_groups_that_stand_alone_are_steps() -> None:
    portions = _divided(fails=False).portions
    assert [(p.group, [v.site.errno for v in p.verdicts]) for p in portions] == [
        (Group.DEVICE, ["EBUSY"]),
        (Group.INCOMPATIBLE, ["EXDEV"]),
    ]


def test_groups_that_meet_are_one_step() -> None:
    (portion,) = _divided(fails=True).portions
    assert portion.group is Group.DEVICE
    assert [v.site.errno for v in portion.verdicts] == ["EBUSY", "EXDEV"]
