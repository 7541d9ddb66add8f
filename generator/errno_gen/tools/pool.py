# SPDX-License-Identifier: GPL-2.0-only
"""Work on many drivers at once: one that fails does not stop the others, Ctrl-C stops all."""

from __future__ import annotations

import contextvars
import shlex
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from typing import Any, TypeVar

from errno_gen.errors import ErrnoGenError, ProofError, SourceError, ToolError
from errno_gen.model import Driver, Failure
from errno_gen.tools import process

T = TypeVar("T")

_LOOK_SECONDS = 0.05

Progress = Callable[[str, int, int, str], None]
"""Called with what is done, how much of it is, of how much, and the name of the last or next."""


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
        for driver in drivers:
            # Threads do not inherit context variables, as the user's templates.
            futures[pool.submit(contextvars.copy_context().run, work, driver)] = driver.name
        for done, future in enumerate(as_completed(futures), start=1):
            name = futures[future]
            try:
                results[name] = future.result()
            except (SourceError, ProofError, ToolError) as error:
                failures[name] = Failure(stage, name, _told(error))
            progress(stage, done, len(drivers), name)
    except BaseException:
        stop(pool, futures)
        raise
    finally:
        pool.shutdown()
    return results, tuple(failures[d.name] for d in drivers if d.name in failures)


def stop(pool: ThreadPoolExecutor, futures: Iterable[Future[Any]]) -> None:
    """Drop what has not begun of a pool's work, and end the programs of what runs.

    Returns when nothing of it runs any more.
    """
    pool.shutdown(wait=False, cancel_futures=True)
    own = tuple(futures)
    # A program that was just about to start at one look is found at the next one.
    while any(future.running() for future in own):
        process.stop_all()
        time.sleep(_LOOK_SECONDS)


def _told(error: ErrnoGenError) -> str:
    if isinstance(error, ToolError) and error.argv:
        return f"{error} [{shlex.join(error.argv)}]"
    return str(error)
