# SPDX-License-Identifier: GPL-2.0-only
"""Work on many drivers at once; one that fails does not stop the others."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from typing import TypeVar

from errno_gen.errors import ErrnoGenError, ProofError, SourceError, ToolError
from errno_gen.model import Driver, Failure
from errno_gen.tools import process

T = TypeVar("T")

_LOOK_SECONDS = 0.05

Progress = Callable[[str, int, int, str], None]
"""Called with the stage, how many drivers are done, of how many, and the last one's name."""


def silent(_stage: str, _done: int, _total: int, _what: str) -> None:
    """A Progress that shows nothing."""


def each(
    stage: str,
    drivers: tuple[Driver, ...],
    work: Callable[[Driver], T],
    jobs: int,
    progress: Progress,
) -> tuple[dict[str, T], tuple[Failure, ...]]:
    """The results by driver name, and a Failure for each driver whose work failed.

    Ctrl-C and unexpected errors drop what has not begun and stop what runs.
    """
    results: dict[str, T] = {}
    failures: dict[str, Failure] = {}
    progress(stage, 0, len(drivers), "")
    pool = ThreadPoolExecutor(max_workers=jobs, thread_name_prefix=stage)
    futures: dict[Future[T], str] = {}
    try:
        futures.update((pool.submit(work, driver), driver.name) for driver in drivers)
        for done, future in enumerate(as_completed(futures), start=1):
            name = futures[future]
            try:
                results[name] = future.result()
            except (SourceError, ProofError, ToolError) as error:
                failures[name] = Failure(stage, name, _told(error))
            progress(stage, done, len(drivers), name)
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        # A program that was just about to start at one look is found at the next one.
        while any(future.running() for future in futures):
            process.stop_all()
            time.sleep(_LOOK_SECONDS)
        raise
    finally:
        pool.shutdown()
    return results, tuple(failures[d.name] for d in drivers if d.name in failures)


def _told(error: ErrnoGenError) -> str:
    if isinstance(error, ToolError) and error.argv:
        return f"{error} [{shlex.join(error.argv)}]"
    return str(error)
