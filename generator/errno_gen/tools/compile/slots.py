# SPDX-License-Identifier: GPL-2.0-only
"""Job slots that several calls of make share, so that all cores are busy and no more is run.

GNU make's jobserver as POSIX has it (info make, "POSIX Jobserver"), on a named pipe: a make has
one job by itself and reads a byte for each further one, which it writes back when that has
ended. A named pipe is seen in containers, too, and opened as file 3 it is understood by make
4.3, which knows no named pipes, as by 4.4. Who starts a make takes a byte for the job that it
has by itself.
"""

from __future__ import annotations

import contextlib
import os
import select
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_TOKEN = b"+"
_LOOK_AGAIN_SECONDS = 0.2


@dataclass(slots=True)
class Slots:
    """``count`` slots; ``pipe`` is for ``inside.make_script``. Made by :func:`open_slots`."""

    pipe: Path
    count: int
    _file: int = field(repr=False)

    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _running: int = field(default=0, repr=False)

    @contextlib.contextmanager
    def taken(self) -> Iterator[None]:
        """Take the slot of a make that is started now; wait for it while others run.

        What a make that was killed had is lost: then the others have fewer, and one that
        runs alone does without.
        """
        while (got := self._take()) is None:
            select.select([self._file], [], [], _LOOK_AGAIN_SECONDS)
        try:
            yield
        finally:
            with self._lock:
                os.write(self._file, got)
                self._running -= 1

    def _take(self) -> bytes | None:
        """A slot, nothing if none can come any more, or None if one may."""
        with self._lock:
            got = b""
            with contextlib.suppress(BlockingIOError):
                got = os.read(self._file, 1)
            if not got and self._running:
                return None
            self._running += 1
            return got


@contextlib.contextmanager
def open_slots(pipe: Path, count: int, owner: int | None) -> Iterator[Slots]:
    """``count`` slots in a new named pipe, which belongs to the user ``owner``.

    Whatever was at that path is replaced. Raises OSError.
    """
    pipe.unlink(missing_ok=True)
    with contextlib.ExitStack() as stack:
        stack.callback(pipe.unlink, missing_ok=True)
        os.mkfifo(pipe, 0o600)
        if owner is not None:
            os.chown(pipe, owner, owner)
        file = os.open(pipe, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        stack.callback(os.close, file)
        os.write(file, _TOKEN * count)
        yield Slots(pipe, count, file)
