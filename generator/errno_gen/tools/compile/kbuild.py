# SPDX-License-Identifier: GPL-2.0-only
"""Compile objects of a kernel commit with kbuild, in folders that are kept.

Nothing is trusted that a killed run may have left half-made: a build folder that was in use
is thrown away, and objects are removed before they are compiled.
"""

from __future__ import annotations

import contextlib
import os
import platform
import shlex
import shutil
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tuxmake.arch import Architecture
from tuxmake.toolchain import Toolchain

from errno_gen.errors import MachineError, ToolError
from errno_gen.model import from_json, to_json, with_changes
from errno_gen.tools import process
from errno_gen.tools.compile import buildlog, inside, replay
from errno_gen.tools.compile.replay import Replay
from errno_gen.tools.compile.results import ObjectResult, Recipe
from errno_gen.tools.compile.warnings import NO_CHECKS, Checks, warnings_by_target
from errno_gen.tools.compile.workshop import Workshop, digest
from errno_gen.tools.kernel.dotconfig import DotConfig, read_config
from errno_gen.tools.objects.disassembly import NO_CODE
from errno_gen.tools.settings import Configuration, settings

_MAKE_FAILED = 2
_SIGNALLED = 128
_RUN, _LISTING = "errno-gen.sh", "errno-gen.listing"


@dataclass(frozen=True, slots=True)
class _State:
    """What is known of a build folder, kept beside it.

    ``configured`` and ``prepared`` are the commits for which it is; ``busy`` is the run that
    uses it; ``generation`` counts the folders that were thrown away; ``prefix`` is
    CROSS_COMPILE.
    """

    configured: str = ""
    prepared: str = ""
    busy: str = ""
    generation: int = 0
    prefix: str = ""


def name_of(configuration: Configuration, toolchain: str) -> str:
    """What tells the folders and records of a configuration and toolchain from others."""
    made_with = digest(f"{toolchain} {sorted(settings().variables.items())}")
    return "-".join((configuration.architecture, configuration.slug, made_with))


class BuildFolder:
    """The build folder of one configuration in a workshop, as it was left or new."""

    def __init__(self, shop: Workshop, configuration: Configuration) -> None:
        name = name_of(configuration, shop.engine.toolchain)
        self.configuration = configuration
        self._shop = shop
        self._record = shop.root / f"{name}.json"
        self._name = name
        self._state = self._load()
        self._architecture = Architecture(configuration.architecture)
        self._touch()

    @property
    def _path(self) -> Path:
        return self._shop.root / f"{self._name}.{self._state.generation}"

    @property
    def _config(self) -> DotConfig:
        return read_config(self._path / ".config")

    def is_configured(self, commit: str) -> bool:
        """Whether :meth:`symbols` speaks of ``commit``."""
        return self._state.configured == commit and (self._path / ".config").is_file()

    def is_prepared(self, commit: str) -> bool:
        """Whether objects of ``commit`` can be compiled without :meth:`prepare`."""
        return self._state.prepared == commit and self.is_configured(commit)

    def configure(self, commit: str) -> None:
        """Make the .config for ``commit``, which must be checked out, unless it is there.

        Raises ToolError when the compiler is missing or kbuild fails.
        """
        if self.is_configured(commit):
            return
        prefix = self._find_prefix()
        if not self._state.configured:
            shutil.rmtree(self._path, ignore_errors=True)
        self._path.mkdir(exist_ok=True)
        if self.configuration.text:
            self._path.joinpath(".config").write_text(self.configuration.text, encoding="utf-8")
        self._give_away()
        self._keep(with_changes(self._state, configured="", prepared="", prefix=prefix))
        self._make_all(commit, self.configuration.slug, self.configuration.targets)
        self._keep(with_changes(self._state, configured=commit))

    def prepare(self, commit: str) -> None:
        """Make what all objects of ``commit``, which must be checked out, depend on.

        Configures first where that is not done. Raises ToolError as :meth:`configure` does.
        """
        self.configure(commit)
        if self.is_prepared(commit):
            return
        # Until it is done the folder counts as new, so that nothing half-made is used.
        self._keep(with_changes(self._state, configured="", prepared=""))
        self._make_all(commit, "prepare", ("prepare",))
        self._keep(with_changes(self._state, configured=commit, prepared=commit))

    def symbols(self, names: Iterable[str]) -> dict[str, str]:
        """The values that the .config has for ``names``; "n" where it has none."""
        return {name: self._config.values.get(name, "n") for name in names}

    def compile(
        self, commit: str, targets: Sequence[str], checks: Checks = NO_CHECKS
    ) -> dict[str, ObjectResult]:
        """Compile ``targets`` of ``commit``, which is checked out, in one call of make.

        The folder must be prepared for it, or for another commit that needs the same.
        Raises ToolError when the machine or the engine fails.
        """
        what = "-".join(("objects", *checks.name.split()))
        log = self._log(commit, f"{what}-{digest(' '.join(targets))[:6]}")
        done = self._compile_again(targets, log) if not checks else None
        if done is None:
            asked = checks.arguments(settings().variables.get("KCFLAGS", ""))
            noting = () if checks else self._replay.noting()
            if checks.extra or not checks:
                self._remove(targets)
            arguments = ("--keep-going", "--output-sync=target", *noting, *asked, *targets)
            done = self._make(self._words(arguments), log, () if checks else targets)
        text = done.stdout.decode(errors="replace")
        fault = buildlog.machine_fault(text)
        made = {target: self._path.joinpath(target).is_file() for target in targets}
        # Whatever is not make's own code is the engine's: then nothing was compiled.
        odd = all(made.values()) and not checks.sparse
        if done.returncode and (fault or done.returncode != _MAKE_FAILED or odd):
            raise self._failure(done, log, f"{len(targets)} objects")
        errors = buildlog.first_errors(text, self._roots())
        there = [target for target in targets if made[target]]
        codes = dict.fromkeys(there, NO_CODE) if checks else self._read(there, log)
        warned = warnings_by_target(text, self._roots())
        return {
            target: ObjectResult(
                compiled=made[target],
                error="" if made[target] else errors.get(target, "") or self._any_error(text),
                reads=self._reads(target) if made[target] else (),
                log=str(log),
                seconds=done.seconds / len(targets),
                code=codes.get(target, ""),
                warnings=warned.get(target, ()),
            )
            for target in targets
        }

    def _compile_again(self, targets: Sequence[str], log: Path) -> process.Completed | None:
        """Compile objects as they were compiled before, None if it is not sure that this is so.

        Where anything fails kbuild is asked as a whole: the commit may not be to blame.
        """
        call, known = self._replay.call(), replay.commands(self._path, targets)
        if call is None or known.keys() != {*targets}:
            return None
        self._remove(targets)
        done = self._make(call.words(targets), log, targets)
        alike = not done.returncode and replay.commands(self._path, targets) == known
        return done if alike or _is_unsound(done) else None

    def _remove(self, targets: Iterable[str]) -> None:
        for target in targets:
            self._path.joinpath(target).unlink(missing_ok=True)
            replay.command_file(self._path, target).unlink(missing_ok=True)

    @property
    def _replay(self) -> Replay:
        return Replay(self._path, *self._roots())

    def _read(self, targets: Sequence[str], log: Path) -> Mapping[str, str]:
        """Keep the code of objects that were just compiled, before others take their place."""
        path = self._path / _LISTING
        try:
            texts = inside.listed(path.read_text(encoding="utf-8", errors="replace"))
        except FileNotFoundError:
            texts = None
        path.unlink(missing_ok=True)
        if texts is None:
            hint = "make room there, then run it again: what is compiled is kept"
            raise MachineError(f"objects in {self._path} could not be read", hint, log=str(log))
        return self._shop.listings.take(
            self._path, {target: texts.get(target, "") for target in targets}
        )

    @property
    def recipe(self) -> Recipe:
        """How to repeat on this machine what :meth:`compile` does."""
        checkout = (
            "git",
            f"--git-dir={self._shop.repo.git_dir}",
            f"--work-tree={self._shop.source}",
            *("-c", "core.sparseCheckout=false", "-c", "core.autocrlf=false"),
            "read-tree",
            "--reset",
            "-u",
        )
        index = f"GIT_INDEX_FILE={shlex.quote(str(self._shop.index))}"
        known = self._path.joinpath(".config").is_file()
        return Recipe(
            checkout=f"{index} {shlex.join(checkout)}",
            make=shlex.join(self._command(self._words((f"--jobs={self._shop.slots.count}",)))),
            engine=self._shop.engine.title,
            toolchain=self._config.toolchain if known else "",
        )

    # -- make ----------------------------------------------------------------------

    def _make_all(self, commit: str, what: str, targets: Sequence[str]) -> None:
        log = self._log(commit, what)
        self._replay.forget()
        done = self._make(self._words(targets), log)
        if done.returncode:
            raise self._failure(done, log, " ".join(targets))

    def _make(self, words: Sequence[str], log: Path, look: Sequence[str] = ()) -> process.Completed:
        """Run ``words`` (make) under a mark that tells the next run if this one was killed.

        What is in the objects ``look`` is then written to a file, if they are there.

        The mark stays where the machine failed: what make left then is not to be trusted,
        and a container may still run.
        """
        shop = self._shop
        run = f"errno-gen-{uuid.uuid4().hex[:12]}"
        script = inside.make_script(
            shop.engine.place(self._path, build=True),
            words,
            shop.engine.place_slots(shop.slots.pipe),
            shop.slots.count,
            objdump=f"{self._state.prefix}objdump",
            objects=look,
            listing=_LISTING,
        )
        # In a file, since an environment is too much to show for people.
        (self._path / _RUN).write_text(script, encoding="utf-8")
        place = f"{shop.engine.place(self._path, build=True)}/{_RUN}"
        self._keep(with_changes(self._state, busy=run))
        try:
            with shop.slots.taken():
                done = process.run(
                    self._command(("sh", place), run, shop.slots.pipe),
                    timeout=shop.timeout,
                    log=log,
                    check=False,
                    action=f"make for {self.configuration}",
                )
        except BaseException:
            shop.engine.stop(run)
            raise
        if _is_unsound(done):
            shop.engine.stop(run)
        else:
            self._keep(with_changes(self._state, busy=""))
        return done

    def _command(
        self, words: Sequence[str], run: str = "errno-gen-reproduce", slots: Path | None = None
    ) -> tuple[str, ...]:
        return self._shop.engine.command(words, self._shop.source, self._path, run, slots)

    def _words(self, targets: Sequence[str]) -> tuple[str, ...]:
        """The words of a call of make, but for how much is done at once."""
        engine = self._shop.engine
        variables = {
            "ARCH": self._architecture.makevars["ARCH"],
            "CROSS_COMPILE": self._state.prefix,
            **settings().variables,
        }
        return (
            "make",
            f"--directory={engine.place(self._shop.source, build=False)}",
            f"O={engine.place(self._path, build=True)}",
            *(f"{name}={value}" for name, value in variables.items()),
            *targets,
        )

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
        """The error for a make that failed: the machine's, or what it was asked to do."""
        text = done.stdout.decode(errors="replace")
        named = f"make {what} for {self.configuration}"
        told = f"{named} failed: {buildlog.machine_fault(text) or self._any_error(text)}"
        if not _is_unsound(done):
            return ToolError(told, f"see {log}", argv=done.argv, log=str(log))
        trouble = self._shop.engine.trouble()
        number = max(-done.returncode, done.returncode - _SIGNALLED)
        if trouble:
            told, hint = f"{named} failed: {trouble.message}", trouble.hint
        elif number > 0:
            told, hint = f"{named} was killed (signal {number})", "free memory, then run it again"
        else:
            hint = "run it again when that is mended: what is compiled is kept"
        return MachineError(told, hint, argv=done.argv, log=str(log))

    def _any_error(self, text: str) -> str:
        lines = text.strip().splitlines()
        return buildlog.first_error(text, self._roots()) or (lines[-1] if lines else "no output")

    def _roots(self) -> tuple[str, ...]:
        engine = self._shop.engine
        return engine.place(self._shop.source, build=False), engine.place(self._path, build=True)

    # -- files ---------------------------------------------------------------------

    def _give_away(self) -> None:
        """Give the folder, and a .config of ours, to the user that make runs as."""
        owner = self._shop.engine.owner
        for path in (self._path, self._path / ".config"):
            if owner is not None and path.exists():
                os.chown(path, owner, owner)

    def _touch(self) -> None:
        """Note that the folder is used, for those who make room in the cache."""
        with contextlib.suppress(FileNotFoundError):
            os.utime(self._record)

    def _reads(self, target: str) -> tuple[str, ...]:
        """The source files that went into an object, as fixdep recorded them."""
        source = self._roots()[0]
        text = replay.command_file(self._path, target).read_text(encoding="utf-8", errors="replace")
        dependencies = text[max(text.find("\nsource_"), 0) :].replace("\\\n", " ").split()
        prefix = f"{source.rstrip('/')}/"
        paths = (word.removeprefix(prefix) for word in dependencies if word.startswith(prefix))
        return tuple(dict.fromkeys(os.path.normpath(path) for path in paths))

    def _log(self, commit: str, what: str) -> Path:
        return self._shop.root / "logs" / f"{self._name}-{commit[:12]}-{what}.log"

    def _load(self) -> _State:
        """The kept state; a folder that was in use or is not understood starts anew."""
        try:
            state = from_json(self._record.read_bytes(), _State)
        except (FileNotFoundError, ValueError):
            return _State()
        if state.busy:
            # What a killed run started may still write: it keeps its folder's name.
            self._shop.engine.stop(state.busy)
            old = self._shop.root / f"{self._name}.{state.generation}"
            shutil.rmtree(old, ignore_errors=True)
            fresh = state.generation + 1
            state = with_changes(state, configured="", prepared="", busy="", generation=fresh)
        return state

    def _keep(self, state: _State) -> None:
        fresh = self._record.with_suffix(".new")
        fresh.write_bytes(to_json(state))
        fresh.replace(self._record)
        self._state = state


def _is_unsound(done: process.Completed) -> bool:
    """Whether make did not end by itself, or what it could write was not up to it."""
    log = done.stdout.decode(errors="replace")
    return done.returncode not in (0, _MAKE_FAILED) or (
        done.returncode != 0 and bool(buildlog.machine_fault(log))
    )
