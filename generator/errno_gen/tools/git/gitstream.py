# SPDX-License-Identifier: GPL-2.0-only
"""What flows into and out of a git command that is too much, or too early, for one value."""

from __future__ import annotations

import contextlib
import tempfile
import threading
from collections.abc import Generator, Iterator
from typing import IO, BinaryIO, Protocol

from errno_gen.tools.git import giterrors


class Running(Protocol):
    """A started program, as GitPython (and subprocess) has it."""

    stdout: IO[bytes]
    stderr: IO[bytes]

    def terminate(self) -> None: ...


def lines(running: Running) -> Generator[bytes, None, str]:
    """The lines that a program prints, as they come; its result is what it told of errors.

    A program whose lines nobody wants any more is ended. Errors are read beside the lines,
    or many of them would fill their pipe and stop the program for ever.
    """
    told: list[bytes] = []
    reader = threading.Thread(target=lambda: told.append(running.stderr.read()), daemon=True)
    reader.start()
    try:
        yield from running.stdout
    except BaseException:
        running.terminate()
        raise
    finally:
        reader.join()
    return b"".join(told).decode(errors="replace")


@contextlib.contextmanager
def file_of(content: bytes) -> Iterator[BinaryIO | None]:
    """A file to read ``content`` from, as GitPython asks for; None for no content."""
    if not content:
        yield None
        return
    with contextlib.ExitStack() as stack:
        try:
            # Without a buffer, so that closing has nothing left to write, and to fail on.
            file = stack.enter_context(tempfile.TemporaryFile(buffering=0))
            rest = memoryview(content)
            while rest:
                rest = rest[file.write(rest) :]
            file.seek(0)
        except OSError as error:
            raise giterrors.unwritable("temporary files", str(error.strerror), ()) from error
        yield file
