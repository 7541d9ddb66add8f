# SPDX-License-Identifier: GPL-2.0-only
"""Errors for people: what failed, on what, what to do next.

Exit codes, as documented in the README: 0 clean, 1 the result is not clean,
2 usage or input, 3 a tool is missing or failed, 4 a bug of ours, 130 interrupted.
"""

from __future__ import annotations


class ErrnoGenError(Exception):
    """Base of all expected errors; ``str()`` is one line for a person.

    ``message`` says what failed and on what, ``hint`` what to do next.
    """

    exit_code = 4

    def __init__(self, message: str, hint: str = "") -> None:
        self.message = " ".join(message.split())
        self.hint = " ".join(hint.split())
        super().__init__(f"{self.message}; {self.hint}" if self.hint else self.message)


class NotCleanError(ErrnoGenError):
    """The run finished but its result is not clean (exit 1)."""

    exit_code = 1


class InputError(ErrnoGenError):
    """Wrong usage or unusable input (exit 2)."""

    exit_code = 2


class ToolError(ErrnoGenError):
    """An external program is missing or failed (exit 3).

    ``argv`` is its command line, ``log`` the path or the tail of what it wrote.
    """

    exit_code = 3

    def __init__(
        self, message: str, hint: str = "", *, argv: tuple[str, ...] = (), log: str = ""
    ) -> None:
        super().__init__(message, hint)
        self.argv = argv
        self.log = log


class MachineError(ToolError):
    """The machine or a container engine failed, whatever it was asked to do (exit 3)."""


class SourceError(ErrnoGenError):
    """One driver's source cannot be digested; the other drivers go on (exit 1)."""

    exit_code = 1


class ProofError(ErrnoGenError):
    """A rewrite changed something that was not planned, or missed a planned edit (exit 1)."""

    exit_code = 1
