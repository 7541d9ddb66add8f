# SPDX-License-Identifier: GPL-2.0-only
"""The end of a local crew: Ctrl-C at whatever moment leaves nothing running."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from errno_gen.errors import ToolError
from errno_gen.tools import process
from errno_gen.tools.compile.workshop import Workshop
from errno_gen.tools.crew.jobs import Done, Job, local_crew


class _Workers:
    """Stands for what a crew does with a job: some programs, one after the other."""

    def __init__(self, first: float, mark: Path) -> None:
        self.begun = threading.Event()
        self._first = first
        self._mark = mark

    def run(self, _job: Job) -> Done:
        self.begun.set()
        time.sleep(self._first)
        try:
            process.run(["sh", "-c", f"sleep 20; touch {self._mark}"])
        except ToolError as error:
            return Done((), {}, cast(Any, None), error)
        return Done((), {}, cast(Any, None), None)


def crew_of(workers: _Workers, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    monkeypatch.setattr("errno_gen.tools.crew.jobs.Maker", lambda *_: workers)
    engine = SimpleNamespace(warm_up=lambda: None, toolchain="")
    return cast(Workshop, SimpleNamespace(engine=engine, slots=SimpleNamespace(count=2)))


@pytest.mark.parametrize("first", [0.0, 0.4])
def test_ctrl_c_between_two_programs(
    first: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workers = _Workers(first, tmp_path / "mark")
    shop = crew_of(workers, monkeypatch)
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt), local_crew(shop, lambda *_: None) as crew:
        crew.submit(cast(Job, None))
        assert workers.begun.wait(30)
        raise KeyboardInterrupt
    assert time.monotonic() - started < 15


def test_ctrl_c_while_the_others_come_to_their_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workers = _Workers(0.0, tmp_path / "mark")
    shop = crew_of(workers, monkeypatch)
    asked: list[bool] = []
    real = ThreadPoolExecutor.shutdown

    def interrupted(pool: Any, wait: bool = True, *, cancel_futures: bool = False) -> None:
        asked.append(wait)
        if len(asked) == 1:
            raise KeyboardInterrupt
        real(pool, wait=wait, cancel_futures=cancel_futures)

    monkeypatch.setattr(ThreadPoolExecutor, "shutdown", interrupted)
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt), local_crew(shop, lambda *_: None) as crew:
        crew.submit(cast(Job, None))
        assert workers.begun.wait(30)
        raise ToolError("one job failed")
    assert time.monotonic() - started < 15
    assert asked[:2] == [True, False]
