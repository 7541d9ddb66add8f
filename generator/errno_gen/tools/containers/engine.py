# SPDX-License-Identifier: GPL-2.0-only
"""Where a compiler runs: in a container of podman or docker, or on this machine.

tuxmake has runtimes for the same engines. They are not used, for what they cannot do: the
source is mounted writable (or as an overlay), the network is there unless a program inside
the container cuts it off, a root caller stays root inside, and a container outlives a
caller that is killed. tuxmake's data on architectures and toolchains is used in kbuild.py.
"""

from __future__ import annotations

import os
import resource
import shutil
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from tuxmake.arch import Architecture

from errno_gen.errors import InputError, MachineError, ToolError
from errno_gen.tools import process
from errno_gen.tools.settings import known_architectures, settings

ENGINES = ("auto", "podman", "docker", "host")
CONTAINER_ENGINES = ("podman", "docker")
_SOURCE, _BUILD, _SLOTS = "/src", "/build", "/slots"
_INSTALL = {
    "podman": "install podman (Debian: apt-get install podman runc uidmap)",
    "docker": "install docker (Debian: apt-get install docker.io) and start its daemon",
}
_MAKE_IMAGE = "errno-gen image build"
_ANSWER_SECONDS = 60.0
_PID_MAX = Path("/proc/sys/kernel/pid_max")


class Engine(Protocol):
    """A place where make can run. ``source`` and ``build`` are its names of the two folders."""

    @property
    def name(self) -> str:
        """``podman``, ``docker`` or ``host``."""

    @property
    def title(self) -> str:
        """The engine and its image, for people."""

    @property
    def toolchain(self) -> str:
        """What identifies the compilers: results of different toolchains are never mixed."""

    @property
    def owner(self) -> int | None:
        """The user id that must own the build folder, or None for the caller's own."""

    def place(self, folder: Path, *, build: bool) -> str:
        """The path of the source or build folder as commands inside see it."""

    def place_slots(self, pipe: Path) -> str:
        """The path of a pipe of job slots (see slots.py) as commands inside see it."""

    def command(
        self, argv: Sequence[str], source: Path, build: Path, name: str, slots: Path | None = None
    ) -> tuple[str, ...]:
        """The command line that runs ``argv`` inside; ``name`` is for :meth:`stop`."""

    def warm_up(self) -> None:
        """Find out now what the first command would find out. Raises ToolError."""

    def stop(self, name: str) -> None:
        """End what runs under ``name`` if it still does; nothing else."""

    def has(self, program: str) -> bool:
        """Whether ``program`` can be started inside."""

    def trouble(self) -> ToolError | None:
        """Why nothing can be run any more, or None. For use when a command failed."""


@dataclass(frozen=True, slots=True)
class Program:
    """The command of a container engine. Made by :func:`find_program`."""

    name: str
    path: str

    def run(
        self,
        *args: str,
        before: tuple[str, ...] = (),
        timeout: float | None = None,
        check: bool = True,
    ) -> process.Completed:
        """One command of the engine, with options ``before`` it.

        Raises ToolError when it fails (with ``check``) or takes longer than ``timeout`` s.
        """
        command = (self.path, *before, *args)
        action = f"{self.name} {args[0]}"
        return process.run(command, timeout=timeout, check=check, action=action)

    def image_id(self, reference: str) -> str | None:
        """The id of a local image, or None when the engine has none of that name."""
        done = self.run(
            "image",
            "inspect",
            "--format",
            "{{.Id}}",
            reference,
            timeout=_ANSWER_SECONDS,
            check=False,
        )
        return done.stdout.decode().strip().removeprefix("sha256:") if not done.returncode else None


def find_program(name: str) -> Program:
    """The container engine ``podman`` or ``docker``, which answers. Raises ToolError if not."""
    path = process.require(name, _INSTALL[name])
    program = Program(name, path)
    # podman has no daemon: its version command answers unless the installation is broken.
    done = program.run("version", timeout=_ANSWER_SECONDS, check=False)
    if done.returncode:
        last = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
        raise ToolError(
            f"{name} is installed but does not work: {last[-1] if last else 'no message'}",
            "start its daemon, or choose another with --engine" if name == "docker" else "",
            argv=done.argv,
        )
    return program


def find_programs(choice: str) -> tuple[Program, ...]:
    """The container engines that work, best first: just ``choice``, or all for ``auto``.

    Raises ToolError when there is none, InputError for an unknown name.
    """
    if choice not in ENGINES or choice == "host":
        raise InputError(f"no container engine is called '{choice}'", "give podman or docker")
    if choice != "auto":
        return (find_program(choice),)
    found: list[Program] = []
    reasons: list[str] = []
    for name in CONTAINER_ENGINES:
        try:
            found.append(find_program(name))
        except ToolError as error:
            reasons.append(error.message)
    if not found:
        raise ToolError(
            f"no container engine works here: {'; '.join(reasons)}",
            f"{_INSTALL['podman']}, or compile without a container: --engine host",
        )
    return tuple(found)


@dataclass(slots=True)
class Container:
    """Containers of one image: no network, source read-only, no root inside where possible."""

    program: Program
    image: str
    image_id: str
    unprivileged_uid: int
    _start: tuple[str, ...] | None = field(default=None, init=False)
    _starting: threading.Lock = field(default_factory=threading.Lock, init=False, compare=False)
    _rootless: bool | None = field(default=None, init=False)

    @property
    def name(self) -> str:
        return self.program.name

    @property
    def title(self) -> str:
        return f"{self.name} {self.image} ({self.image_id[:12]})"

    @property
    def toolchain(self) -> str:
        return self.image_id

    @property
    def owner(self) -> int | None:
        return self.unprivileged_uid if os.geteuid() == 0 and not self._is_rootless() else None

    def place(self, folder: Path, *, build: bool) -> str:
        return _BUILD if build else _SOURCE

    def place_slots(self, pipe: Path) -> str:
        return _SLOTS

    def command(
        self, argv: Sequence[str], source: Path, build: Path, name: str, slots: Path | None = None
    ) -> tuple[str, ...]:
        mounts = (
            "--mount",
            f"type=bind,source={source},target={_SOURCE},readonly",
            "--mount",
            f"type=bind,source={build},target={_BUILD}",
            *(("--mount", f"type=bind,source={slots},target={_SLOTS}") if slots else ()),
        )
        options = ("--name", name, *mounts, "--workdir", _BUILD, "--env", f"HOME={_BUILD}")
        return (*self._started(), *options, self.image, *argv)

    def warm_up(self) -> None:
        self._started()

    def stop(self, name: str) -> None:
        # Removing alone would give make ten seconds to end by itself.
        for command in (("kill", name), ("rm", "--force", name)):
            self.program.run(*command, timeout=_ANSWER_SECONDS, check=False)

    def has(self, program: str) -> bool:
        shell = ("sh", "-c", 'command -v "$1" || exit 1', "sh", program)
        command = (*self._started(), self.image, *shell)
        done = process.run(command, timeout=_ANSWER_SECONDS, check=False)
        if done.returncode not in (0, 1):
            told = done.stderr.decode(errors="replace").strip().splitlines() or ["no message"]
            trouble = self.trouble() or ToolError(f"{self.name} failed: {told[-1]}")
            raise MachineError(trouble.message, trouble.hint, argv=done.argv)
        return done.returncode == 0

    def trouble(self) -> ToolError | None:
        try:
            find_program(self.name)
            found = self.program.image_id(self.image)
        except ToolError as error:
            return error
        if found == self.image_id:
            return None
        told = f"the image {self.image} is {'another one now' if found else 'gone'} ({self.name})"
        hint = "run it again" if found else f"make it: {_MAKE_IMAGE} --engine {self.name}"
        return ToolError(told, hint)

    def _started(self) -> tuple[str, ...]:
        """The options with which a container starts here, found by trying once.

        Some machines refuse crun (hybrid cgroups) or limits above the caller's, which
        engines ask for by default: the caller's own limits are asked for first, and runc
        is tried where crun is refused.
        """
        with self._starting:
            if self._start is None:
                self._start = self._find_start()
            return self._start

    def _find_start(self) -> tuple[str, ...]:
        first: process.Completed | None = None
        for runtime, limits in ways(self.program):
            start = (self.program.path, *runtime, "run", "--rm", *limits, *self._confinement())
            command = (*start, self.image, "true")
            done = process.run(command, timeout=_ANSWER_SECONDS, check=False)
            if done.returncode == 0:
                return start
            first = first or done
        message = (first.stderr if first else b"").decode(errors="replace").strip()
        if trouble := self.trouble():
            raise MachineError(trouble.message, trouble.hint)
        raise MachineError(
            f"{self.name} cannot start a container: {message.splitlines()[-1] if message else ''}",
            f"check '{self.name} run --rm {self.image} true', or use --engine host",
            argv=first.argv if first else (),
            log=message,
        )

    def _confinement(self) -> tuple[str, ...]:
        # Relabelling 80,000 files for SELinux is avoided: the container has no network, no
        # capabilities, and sees two folders only.
        shut = ("--pull", "never", "--network", "none", "--cap-drop", "all", "--tmpfs", "/tmp")
        security = ("--security-opt", "no-new-privileges", "--security-opt", "label=disable")
        return (*shut, *security, *self._user())

    def _user(self) -> tuple[str, ...]:
        uid, gid = os.geteuid(), os.getegid()
        if self._is_rootless():
            if self.name == "podman":
                return ("--userns", "keep-id", "--user", f"{uid}:{gid}")
            # Rootless docker has no such mapping: its root inside is the caller outside.
            return ("--user", "0:0")
        if uid == 0:
            return ("--user", f"{self.unprivileged_uid}:{self.unprivileged_uid}")
        return ("--user", f"{uid}:{gid}")

    def _is_rootless(self) -> bool:
        if self.name == "podman":
            return os.geteuid() != 0
        if self._rootless is None:
            asked = ("info", "--format", "{{.SecurityOptions}}")
            done = self.program.run(*asked, timeout=_ANSWER_SECONDS, check=False)
            self._rootless = b"rootless" in done.stdout
        return self._rootless


@dataclass(frozen=True, slots=True)
class Host:
    """This machine's own compilers, for jobs that run in a container already."""

    toolchain: str

    @property
    def name(self) -> str:
        return "host"

    @property
    def title(self) -> str:
        return "host"

    @property
    def owner(self) -> int | None:
        return None

    def place(self, folder: Path, *, build: bool) -> str:
        return str(folder)

    def place_slots(self, pipe: Path) -> str:
        return str(pipe)

    def command(
        self, argv: Sequence[str], source: Path, build: Path, name: str, slots: Path | None = None
    ) -> tuple[str, ...]:
        # The caller's variables (MAKEFLAGS, ARCH, KCFLAGS, languages) must not matter here.
        return ("env", "-i", f"PATH={os.environ['PATH']}", "LC_ALL=C", f"HOME={build}", *argv)

    def warm_up(self) -> None:
        """Nothing is to be found out."""

    def stop(self, name: str) -> None:
        """Nothing is left to stop: the process door ends whole process groups."""

    def has(self, program: str) -> bool:
        return shutil.which(program) is not None

    def trouble(self) -> ToolError | None:
        return None


def find_host() -> Host:
    """This machine as an engine. Raises ToolError when make or gcc is missing."""
    for program in ("make", "gcc"):
        process.require(program, "install a compiler and make, or compile in a container")
    lines = [f"{name}: {told}" for name in _host_programs() if (told := _version(name))]
    return Host("\n".join(lines))


def _host_programs() -> tuple[str, ...]:
    """Compilers and linkers for all architectures, there or not."""
    known = (Architecture(name) for name in known_architectures())
    usual = (architecture.makevars["CROSS_COMPILE"] for architecture in known)
    prefixes = dict.fromkeys(("", *usual, *settings().prefixes.values()))
    return tuple(f"{prefix}{program}" for prefix in prefixes for program in ("gcc", "ld"))


def _version(program: str) -> str:
    """The first line of what a program says of its version, "" where it is not there."""
    if shutil.which(program) is None:
        return ""
    done = process.run((program, "--version"), timeout=_ANSWER_SECONDS, check=False)
    return next(iter(done.stdout.decode(errors="replace").splitlines()), "")


def ways(program: Program) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """Options before and after a command that starts containers, in the order to try them."""
    own = _own_limits()
    if program.name != "podman":
        return (((), own), ((), ()))
    runc = ("--runtime", "runc")
    return (((), own), (runc, own), ((), ()), (runc, ()))


def _own_limits() -> tuple[str, ...]:
    """The caller's own limits as options. podman lowers its processes to kernel.pid_max."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    options = ("--ulimit", f"nofile={soft}:{hard}")
    processes = [limit for limit in resource.getrlimit(resource.RLIMIT_NPROC) if limit >= 0]
    if _PID_MAX.exists():
        processes.append(int(_PID_MAX.read_text()))
    if not processes:
        return options
    return (*options, "--ulimit", f"nproc={min(processes)}:{min(processes)}")
