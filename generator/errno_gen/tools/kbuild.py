# SPDX-License-Identifier: GPL-2.0-only
"""Compile objects of a kernel commit with kbuild, in folders that are kept.

Below the cache there is one folder for each kernel version and repository:

    source/         the tree, of one commit at a time; only files that differ are exchanged
    source.index    git's index for it
    X/ and X.json   a build folder (O=) for one architecture, configuration and toolchain,
                    and what is known of it: for which commit it is prepared, results
    logs/           what make wrote
    lock            held while any of this is used

Nothing is trusted that a killed run may have left half-made: a build folder that was in use
is thrown away, and objects are removed before they are compiled.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import re
import shlex
import shutil
import stat
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tuxmake.arch import Architecture
from tuxmake.toolchain import Toolchain

from errno_gen.errors import InputError, ToolError
from errno_gen.model import from_json, to_json, with_changes
from errno_gen.tools import buildlog, process
from errno_gen.tools.engine import Engine
from errno_gen.tools.git import Repository
from errno_gen.tools.lock import locked
from errno_gen.tools.makefile import Condition
from errno_gen.tools.settings import Configuration, settings

_SYMBOL = re.compile(r"^(CONFIG_\w+)=(.*)$", re.MULTILINE)
_KEPT_COMMITS = 100
_BUILT_IN = ("y", "m")
_MAKE_FAILED = 2


@dataclass(frozen=True, slots=True)
class ObjectResult:
    """How the compilation of one object ended.

    ``error`` is its first error; ``reads`` are the files of the tree that went into it;
    ``log`` is a path; ``seconds`` is its share of the wall time of make's call.
    """

    compiled: bool
    error: str
    reads: tuple[str, ...]
    log: str
    seconds: float


@dataclass(frozen=True, slots=True)
class _State:
    """What is known of a build folder, kept beside it.

    ``prepared`` is the commit that it is configured for; ``busy`` the run that uses it;
    ``prefix`` is CROSS_COMPILE; ``objects`` are results by commit and target.
    """

    prepared: str = ""
    busy: str = ""
    prefix: str = ""
    objects: dict[str, dict[str, ObjectResult]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Workshop:
    """The folders of one kernel, held under the lock. Made by :func:`open_workshop`."""

    repo: Repository
    root: Path
    engine: Engine
    jobs: int
    timeout: float

    @property
    def source(self) -> Path:
        return self.root / "source"

    @property
    def index(self) -> Path:
        return self.root / "source.index"

    def check_out(self, commit: str) -> None:
        """Bring the source folder to ``commit``. Raises ToolError."""
        # Whose lock on the index this was is dead: the workshop's own lock is ours.
        self.index.with_name(f"{self.index.name}.lock").unlink(missing_ok=True)
        self.repo.checkout(commit, self.source)
        if self.engine.owner is not None:
            _open_to_all(self.source)

    def folder(self, configuration: Configuration) -> BuildFolder:
        """The build folder of a configuration, as it was left or new."""
        parts = (configuration.architecture, configuration.config, _digest(self.engine.toolchain))
        return BuildFolder(self, configuration, "-".join(parts))


@contextlib.contextmanager
def open_workshop(
    repo: Repository,
    version: str,
    engine: Engine,
    cache: Path,
    *,
    jobs: int = 0,
    timeout: float = 3600.0,
    waiting: Callable[[], None] | None = None,
) -> Iterator[Workshop]:
    """The workshop below ``cache`` for a repository and kernel version, for one run at a time.

    ``jobs`` is make's -j, 0 for as many as cores; ``timeout`` is that of one call of make, in
    seconds; ``waiting`` is called if another run has the lock. Raises ToolError when the
    cache cannot be written.
    """
    root = cache / "kbuild" / f"{version}-{_digest(str(repo.common_dir))}"
    try:
        with locked(root / "lock", waiting):
            (root / "source").mkdir(exist_ok=True)
            (root / "logs").mkdir(exist_ok=True)
            yield Workshop(repo, root, engine, jobs or os.cpu_count() or 1, timeout)
    except OSError as error:
        raise ToolError(
            f"cannot use the cache {root}: {error.strerror or error}",
            "make room there, or set XDG_CACHE_HOME to another place",
        ) from error


class BuildFolder:
    """One configuration's build folder. Made by :meth:`Workshop.folder`."""

    def __init__(self, shop: Workshop, configuration: Configuration, name: str) -> None:
        self.configuration = configuration
        self._shop = shop
        self._path = shop.root / name
        self._record = shop.root / f"{name}.json"
        self._name = name
        self._state = self._load()
        self._architecture = Architecture(configuration.architecture)

    @property
    def source_architecture(self) -> str:
        """The folder below ``arch/`` (SRCARCH)."""
        return str(self._architecture.source_arch)

    def is_prepared(self, commit: str) -> bool:
        """Whether objects of ``commit`` can be compiled without :meth:`prepare`."""
        return self._state.prepared == commit and (self._path / ".config").is_file()

    def prepare(self, commit: str) -> None:
        """Configure and prepare for ``commit``, which must be checked out.

        Raises ToolError when the compiler is missing or kbuild fails.
        """
        if self.is_prepared(commit):
            return
        if not self._state.prepared:
            shutil.rmtree(self._path, ignore_errors=True)
        self._path.mkdir(exist_ok=True)
        if self._shop.engine.owner is not None:
            os.chown(self._path, self._shop.engine.owner, self._shop.engine.owner)
        self._keep(with_changes(self._state, prepared="", prefix=self._find_prefix()))
        for target in (self.configuration.config, "prepare"):
            log = self._log(commit, target)
            done = self._make((target,), log)
            if done.returncode:
                raise self._failure(done, log, target)
        self._keep(with_changes(self._state, prepared=commit))

    def enables(self, conditions: Sequence[Condition]) -> bool:
        """Whether the .config has all of ``conditions``; on means y or m."""
        symbols = self._symbols()
        return all((symbols.get(one.symbol, "n") in _BUILT_IN) == one.enabled for one in conditions)

    def known(self, key: str) -> Mapping[str, ObjectResult]:
        """Results by target that were kept under ``key``."""
        return self._state.objects.get(key, {})

    def compile(self, key: str, commit: str, targets: Sequence[str]) -> Mapping[str, ObjectResult]:
        """Compile ``targets`` of ``commit``, which is checked out, in one call of make.

        The results are kept under ``key``, which must stand for the whole tree (a commit's
        or tree's id). Raises ToolError when the machine or the engine fails.
        """
        for target in targets:
            self._path.joinpath(target).unlink(missing_ok=True)
            self._command_file(target).unlink(missing_ok=True)
        log = self._log(commit, "objects")
        done = self._make(("--keep-going", "--output-sync=target", *targets), log)
        text = done.stdout.decode(errors="replace")
        fault = buildlog.machine_fault(text)
        made = {target: self._path.joinpath(target).is_file() for target in targets}
        # Whatever is not make's own code is the engine's: then nothing was compiled.
        if done.returncode and (fault or done.returncode != _MAKE_FAILED or all(made.values())):
            raise self._failure(done, log, f"{len(targets)} objects")
        errors = buildlog.first_errors(text, self._roots())
        results = {
            target: ObjectResult(
                compiled=made[target],
                error="" if made[target] else errors.get(target, "") or self._any_error(text),
                reads=self._reads(target) if made[target] else (),
                log=str(log),
                seconds=done.seconds / len(targets),
            )
            for target in targets
        }
        kept = {name: old for name, old in self._state.objects.items() if name != key}
        kept[key] = {**self.known(key), **results}
        newest = dict(list(kept.items())[-_KEPT_COMMITS:])
        self._keep(with_changes(self._state, objects=newest))
        return results

    def reproduce(self, commit: str, targets: Sequence[str]) -> str:
        """A shell line that checks out ``commit`` and compiles ``targets``."""
        checkout = (
            "git",
            f"--git-dir={self._shop.repo.git_dir}",
            f"--work-tree={self._shop.source}",
            "read-tree",
            "--reset",
            "-u",
            commit,
        )
        index = f"GIT_INDEX_FILE={shlex.quote(str(self._shop.index))}"
        return f"{index} {shlex.join(checkout)} && {shlex.join(self._command(targets))}"

    # -- make ----------------------------------------------------------------------

    def _make(self, targets: Sequence[str], log: Path) -> process.Completed:
        """Run make under a mark that tells the next run if this one was killed."""
        run = f"errno-gen-{uuid.uuid4().hex[:12]}"
        self._keep(with_changes(self._state, busy=run))
        try:
            done = process.run(
                self._command(targets, run),
                timeout=self._shop.timeout,
                log=log,
                check=False,
                action=f"make for {self.configuration}",
            )
        except BaseException:
            self._shop.engine.stop(run)
            raise
        self._keep(with_changes(self._state, busy=""))
        return done

    def _command(self, targets: Sequence[str], run: str = "errno-gen-reproduce") -> tuple[str, ...]:
        engine = self._shop.engine
        variables = {
            "ARCH": self._architecture.makevars["ARCH"],
            "CROSS_COMPILE": self._state.prefix,
            **settings().variables,
        }
        make = (
            "make",
            f"--directory={engine.place(self._shop.source, build=False)}",
            f"O={engine.place(self._path, build=True)}",
            f"--jobs={self._shop.jobs}",
            *(f"{name}={value}" for name, value in variables.items()),
            *targets,
        )
        return engine.command(make, self._shop.source, self._path, run)

    def _find_prefix(self) -> str:
        """CROSS_COMPILE for a compiler that is there. Raises ToolError if there is none."""
        name = self.configuration.architecture
        prefix = settings().prefixes.get(name, self._architecture.makevars["CROSS_COMPILE"])
        compiler = Toolchain("gcc").compiler(self._architecture, cross_compile=prefix)
        if self._shop.engine.has(compiler):
            return str(prefix)
        if Architecture(platform.machine()).name == name and self._shop.engine.has("gcc"):
            return ""
        package = settings().image.compilers.get(name, "a cross compiler")
        raise ToolError(
            f"{compiler}, the compiler for {name}, is missing ({self._shop.engine.name})",
            f"install it (Debian: {package}), compile in a container, or name other "
            "architectures with --arch",
        )

    def _failure(self, done: process.Completed, log: Path, what: str) -> ToolError:
        text = done.stdout.decode(errors="replace")
        reason = buildlog.machine_fault(text) or self._any_error(text)
        return ToolError(
            f"make {what} for {self.configuration} failed: {reason}",
            f"see {log}",
            argv=done.argv,
            log=str(log),
        )

    def _any_error(self, text: str) -> str:
        lines = text.strip().splitlines()
        return buildlog.first_error(text, self._roots()) or (lines[-1] if lines else "no output")

    def _roots(self) -> tuple[str, ...]:
        engine = self._shop.engine
        return engine.place(self._shop.source, build=False), engine.place(self._path, build=True)

    # -- files ---------------------------------------------------------------------

    def _symbols(self) -> Mapping[str, str]:
        text = self._path.joinpath(".config").read_text(encoding="utf-8")
        return dict(_SYMBOL.findall(text))

    def _command_file(self, target: str) -> Path:
        path = self._path / target
        return path.with_name(f".{path.name}.cmd")

    def _reads(self, target: str) -> tuple[str, ...]:
        """The source files that went into an object, as fixdep recorded them."""
        source = self._roots()[0]
        text = self._command_file(target).read_text(encoding="utf-8", errors="replace")
        dependencies = text[max(text.find("\nsource_"), 0) :].replace("\\\n", " ").split()
        prefix = f"{source.rstrip('/')}/"
        paths = (word.removeprefix(prefix) for word in dependencies if word.startswith(prefix))
        return tuple(dict.fromkeys(os.path.normpath(path) for path in paths))

    def _log(self, commit: str, what: str) -> Path:
        return self._shop.root / "logs" / f"{self._name}-{commit[:12]}-{what}.log"

    def _load(self) -> _State:
        """The kept state; a folder that was in use or is not understood starts anew."""
        try:
            state = from_json(self._record.read_text(encoding="utf-8"), _State)
        except (FileNotFoundError, ValueError):
            return _State()
        if state.busy:
            self._shop.engine.stop(state.busy)
            return with_changes(state, prepared="", busy="")
        return state

    def _keep(self, state: _State) -> None:
        fresh = self._record.with_suffix(".new")
        fresh.write_text(to_json(state, indent=None), encoding="utf-8")
        fresh.replace(self._record)
        self._state = state


def candidates(architectures: Sequence[str] = ()) -> tuple[Configuration, ...]:
    """The configurations to try, in order; only those of ``architectures`` if any are named.

    Raises InputError for an architecture that has none.
    """
    known = settings().candidates
    names = tuple(dict.fromkeys(one.architecture for one in known))
    for name in architectures:
        if name not in names:
            raise InputError(
                f"no configuration for architecture '{name}'", f"give {', '.join(names)}"
            )
    chosen = (one for one in known if one.architecture in architectures)
    return tuple(with_changes(one, fallback=False) for one in chosen) if architectures else known


def _open_to_all(folder: Path) -> None:
    """Let another user read a tree that a strict umask has shut."""
    mask = os.umask(0o022)
    os.umask(mask)
    if not mask & 0o055:
        return
    for path in (folder, *folder.rglob("*")):
        mode = path.lstat().st_mode
        if stat.S_ISDIR(mode) or (stat.S_ISREG(mode) and mode & stat.S_IXUSR):
            path.chmod(stat.S_IMODE(mode) | 0o055)
        elif stat.S_ISREG(mode):
            path.chmod(stat.S_IMODE(mode) | 0o044)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:10]
