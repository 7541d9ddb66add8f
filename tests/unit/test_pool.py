# SPDX-License-Identifier: GPL-2.0-only
"""Work on many drivers at once, and its end."""

from __future__ import annotations

import threading
import time

import pytest

from errno_gen.model import Driver
from errno_gen.tools import process
from errno_gen.tools.pool import each

DRIVERS = tuple(Driver(name, "drivers/iommu", "", ()) for name in ("alpha", "beta"))


def test_a_program_that_starts_while_all_are_stopped_is_stopped() -> None:
    """An interrupt may come when a worker is just about to start its next program."""
    begun, interrupted = threading.Event(), threading.Event()

    def work(driver: Driver) -> None:
        if driver.name == "alpha":
            assert begun.wait(30)
            return
        begun.set()
        assert interrupted.wait(30)
        time.sleep(0.2)
        process.run(["sleep", "600"])

    def interrupt(_stage: str, done: int, _total: int, _what: str) -> None:
        if done:
            interrupted.set()
            raise KeyboardInterrupt

    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        each("rewrite", DRIVERS, work, 2, interrupt)
    assert time.monotonic() - started < 60
