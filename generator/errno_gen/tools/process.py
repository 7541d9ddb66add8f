# SPDX-License-Identifier: GPL-2.0-only
"""The one place that starts external programs.

Every program runs in a process group of its own, which is killed whole on a
time-out, on Ctrl-C and on any other exception, so that no grandchild outlives us.
Every command line is logged; a failure carries it together with what was written.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from errno_gen.errors import ToolError

_LOG = logging.getLogger("errno_gen.process")
_KILL_GRACE_SECONDS = 2.0

# Leaders of the groups that run now, so that all can be ended at once.
_RUNNING: set[int] = set()
# Those of them that :func:`stop_all` has ended.
_STOPPED: set[int] = set()


@dataclass(frozen=True, slots=True)
class Completed:
    """A program that has ended: its command line, exit code, output and wall time."""

    argv: tuple[str, ...]
    returncode: int
    stdout: bytes
    stderr: bytes
    seconds: float


def require(program: str, hint: str) -> str:
    """The path of ``program``. Raises ToolError with ``hint`` when it is not in PATH."""
    path = shutil.which(program)
    if path is None:
        raise ToolError(f"{program} is not installed or not in PATH", hint)
    return path


def run(
    argv: Sequence[str],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: bytes = b"",
    timeout: float | None = None,
    log: Path | None = None,
    check: bool = True,
    action: str = "",
) -> Completed:
    """Run a program to its end and return what it wrote.

    ``timeout`` is in seconds; with ``log`` both output streams go, merged, to that
    file and ``stdout`` is its content. ``action`` names the work in messages.
    Raises ToolError when the program is missing, ends with a code other than 0
    (only with ``check``) or is over its time.
    """
    command = tuple(str(part) for part in argv)
    _LOG.debug("run: %s", shlex.join(command))
    started = time.monotonic()
    what = action or command[0]
    with contextlib.ExitStack() as stack:
        out = stack.enter_context(log.open("wb")) if log else subprocess.PIPE
        try:
            process = subprocess.Popen(
                command,
                cwd=cwd,
                env=dict(env) if env is not None else None,
                stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT if log else subprocess.PIPE,
                start_new_session=True,
            )
        except FileNotFoundError as error:
            raise ToolError(f"{what}: {command[0]} was not found", argv=command) from error
        except OSError as error:
            raise ToolError(
                f"{what}: cannot start {command[0]}: {error.strerror}", argv=command
            ) from error
        _RUNNING.add(process.pid)
        stack.callback(_RUNNING.discard, process.pid)
        stack.callback(_STOPPED.discard, process.pid)
        try:
            stdout, stderr = process.communicate(stdin or None, timeout=timeout)
        except subprocess.TimeoutExpired as error:
            kill_group(process.pid)
            process.communicate()
            raise ToolError(
                f"{what} took longer than {timeout:g} s and was stopped", argv=command
            ) from error
        except BaseException:
            kill_group(process.pid)
            process.wait()
            raise
        if process.pid in _STOPPED:
            raise ToolError(f"{what} was stopped", argv=command)
    if log is not None:
        stdout, stderr = log.read_bytes(), b""
    seconds = time.monotonic() - started
    done = Completed(command, process.returncode, stdout or b"", stderr or b"", seconds)
    _LOG.debug("ended with %d after %.2f s: %s", done.returncode, seconds, command[0])
    if check and done.returncode != 0:
        tail = (done.stderr or done.stdout).decode(errors="replace").strip()
        last = tail.splitlines()[-1] if tail else "no output"
        raise ToolError(
            f"{what} failed (exit {done.returncode}): {last}",
            argv=command,
            log=str(log) if log else tail[-4000:],
        )
    return done


def stop_all() -> None:
    """End every program that runs now, whichever thread started it.

    Their :func:`run` calls raise ToolError in those threads.
    """
    for leader in tuple(_RUNNING):
        _STOPPED.add(leader)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(leader, signal.SIGKILL)


def kill_group(leader: int) -> None:
    """End the process group that ``leader`` leads: SIGTERM, a short wait, SIGKILL."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGTERM)
        deadline = time.monotonic() + _KILL_GRACE_SECONDS
        while time.monotonic() < deadline:
            with contextlib.suppress(ChildProcessError):
                if os.waitpid(leader, os.WNOHANG)[0]:
                    break
            time.sleep(0.02)
        os.killpg(leader, signal.SIGKILL)
