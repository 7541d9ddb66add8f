# SPDX-License-Identifier: GPL-2.0-only
"""Job slots that several calls of make share, so that all cores are busy and no more is run.

GNU make's jobserver as POSIX has it (info make, "POSIX Jobserver"), on a named pipe: a make has
one job by itself and reads a byte for each further one, which it writes back when that has
ended. A named pipe is seen in containers, too. Who starts a make takes a byte for the job that
it has by itself.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_TOKEN = b"+"


@dataclass(slots=True)
class Slots:
    """``count`` slots; ``pipe`` is for ``inside.make_script``. Made by :func:`open_slots`."""

    pipe: Path
    count: int
    _file: int = field(repr=False)

    @contextlib.contextmanager
    def taken(self) -> Iterator[None]:
        """Take the slot of a make that is started now, if one is free; never wait.

        What a make that was killed had is lost: then the others have fewer.
        """
        got = b""
        with contextlib.suppress(BlockingIOError):
            got = os.read(self._file, 1)
        try:
            yield
        finally:
            os.write(self._file, got)


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
