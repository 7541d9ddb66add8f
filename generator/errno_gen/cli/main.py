# SPDX-License-Identifier: GPL-2.0-only
"""The entry point: the group of commands, and what becomes of errors.

Exit codes: 0 clean, 1 the result is not clean, 2 usage or input, 3 a tool is missing
or failed, 4 a bug of ours, 130 interrupted. 141 is what the shell shows for a program
whose reader went away, as in ``errno-gen scan | head``.
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import io
import logging
import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import click
from click.shell_completion import shell_complete
from platformdirs import user_log_path

from errno_gen import __version__
from errno_gen.cli.console import RecentLog, Screen
from errno_gen.errors import ErrnoGenError, ToolError

_PROGRAM = "errno-gen"
_INTERRUPTED = 130
_NO_READER = 141
_BUG = 4
_NAMES = ("apply", "build", "cache", "image", "policy", "scan", "series", "trace")
# What the machine and not this program is to blame for.
_MACHINE = frozenset(
    (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.EFBIG)
) | {errno.EMFILE, errno.ENFILE, errno.ENOMEM}


class _Commands(click.Group):
    """The commands, each loaded when it is asked for: no run needs what the others need."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*_NAMES]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        # For a name that is none, click looks for what was meant among all of them.
        for name in (cmd_name,) if cmd_name in _NAMES else _NAMES:
            if name not in self.commands:
                module = importlib.import_module(f"errno_gen.cli.{name}")
                self.add_command(getattr(module, name))
        return self.commands.get(cmd_name)


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="errno-gen %(version)s")
def cli() -> None:
    """Regulate the errnos that the callbacks of a Linux kernel return.

    errno-gen finds every callback that a policy is about, decides what each errno that can leave
    it means, rewrites those that break the policy, and makes and compiles one commit per driver.
    It reads a revision and never touches your work tree, index or HEAD.

    \b
    Start with:   errno-gen scan --tree ~/linux
    Then:         errno-gen apply --policy einval --dry-run
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit. ``arguments`` default to those of the process."""
    completion = os.environ.get("_ERRNO_GEN_COMPLETE")
    if completion:
        sys.exit(shell_complete(cli, {}, _PROGRAM, "_ERRNO_GEN_COMPLETE", completion))
    # Kernel sources and paths need not be UTF-8; what was read is written back as it was.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="surrogateescape")
    logger = logging.getLogger("errno_gen")
    logger.setLevel(logging.DEBUG)
    logger.handlers = [recent := RecentLog()]
    with _stoppable():
        code = _guarded(list(sys.argv[1:] if arguments is None else arguments), recent)
    sys.exit(code)


@contextlib.contextmanager
def _stoppable() -> Iterator[None]:
    """Let a plain kill unwind, or it would leave scratch folders and programs behind."""
    before = {number: signal.signal(number, _stop) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)


def _guarded(arguments: list[str], recent: RecentLog) -> int:
    """The exit code of one run; whatever goes wrong becomes one calm message."""
    screen = Screen.make(no_color="--no-color" in arguments)
    try:
        with cli.make_context(_PROGRAM, arguments) as context:
            code = cli.invoke(context)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as request:
        return request.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except ErrnoGenError as error:
        screen.error(error)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        screen.err.print("interrupted", markup=False)
        return _INTERRUPTED
    except BrokenPipeError:
        _forget_output()
        return _NO_READER
    except OSError as error:
        if error.errno in _MACHINE:
            return _machine(error, screen)
        return _bug(arguments, recent, screen)
    except Exception:  # noqa: BLE001 - the last resort: it becomes a report of a bug
        return _bug(arguments, recent, screen)


def _machine(error: OSError, screen: Screen) -> int:
    where = error.filename or "standard output or a temporary file"
    told = ToolError(
        f"cannot read or write {os.fsdecode(where)}: {os.strerror(error.errno or 0)}",
        "make room or give rights there (TMPDIR moves temporary files), then run it again",
    )
    screen.error(told)
    if not error.filename:
        _forget_output()
    return told.exit_code


def _forget_output() -> None:
    """Drop what could not be written: Python would try, and complain, once more at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _bug(arguments: list[str], recent: RecentLog, screen: Screen) -> int:
    """Write the traceback to a file and name it."""
    report = "\n".join(
        (
            f"errno-gen {__version__}, Python {sys.version.split()[0]}",
            f"arguments: {arguments!r}",
            f"folder: {Path.cwd()}",
            "",
            traceback.format_exc(),
            "The last commands:",
            *recent.lines,
            "",
        )
    )
    name = f"crash-{datetime.now():%Y%m%d-%H%M%S}-{os.getpid()}.log"
    for folder in (user_log_path(_PROGRAM), Path(tempfile.gettempdir())):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(report, encoding="utf-8", errors="backslashreplace")
        except OSError:
            continue
        screen.err.print(f"error: this is a bug in errno-gen; see {folder / name}", markup=False)
        screen.err.print("hint: report it together with that file", markup=False)
        return _BUG
    screen.err.print(report, markup=False)
    return _BUG
