# SPDX-License-Identifier: GPL-2.0-only
"""The container image with the kernel toolchains: recipe, making, finding.

Its tag is a hash of the recipe, so that a changed recipe is another image and an image
that is there is the right one.
"""

from __future__ import annotations

import hashlib
import json
import platform
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import platformdirs
from tuxmake.arch import Architecture

from errno_gen.errors import ErrnoGenError, InputError, ToolError
from errno_gen.resources import data_file
from errno_gen.tools import process
from errno_gen.tools.cache import kept
from errno_gen.tools.containers.engine import (
    Container,
    Engine,
    Program,
    find_host,
    find_programs,
    ways,
)
from errno_gen.tools.lock import locked
from errno_gen.tools.settings import settings

METHODS = ("auto", "containerfile", "bootstrap")
_PULL_SECONDS = 300.0
_MAKE_SECONDS = 3600.0
_TRIES = 2
"""How many ways to start containers are tried: a build fails for other reasons too."""

Progress = Callable[[str], None]
"""Called with a sentence on what is being done now."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What the image is made from; ``reference`` is its name and tag."""

    reference: str
    base: str
    suite: str
    user: str
    uid: int
    packages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImageStatus:
    """The image in one engine; ``image_id`` is "" and ``size`` 0 bytes when it is not there."""

    engine: str
    reference: str
    image_id: str
    size: int
    packages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pruned:
    """Images of other recipes as (engine, reference): those removed, and those in use."""

    removed: tuple[tuple[str, str], ...]
    kept: tuple[tuple[str, str], ...]


def recipe(machine: str = "") -> Recipe:
    """The recipe for this machine, or for one whose ``uname -m`` is ``machine``."""
    image = settings().image
    native = Architecture(machine or platform.machine()).name
    compilers = [name for key, name in image.compilers.items() if key != native]
    packages = tuple(sorted((*image.packages, *compilers)))
    parts = [_containerfile().read_text(), image.base, image.suite, image.user, image.uid]
    digest = hashlib.sha256(json.dumps([*parts, packages, native]).encode()).hexdigest()
    reference = f"{image.name}:{digest[:12]}"
    return Recipe(reference, image.base, image.suite, image.user, image.uid, packages)


def find_engine(choice: str) -> Engine:
    """The engine to compile in: ``auto``, ``podman``, ``docker`` or ``host``.

    ``auto`` is the first of podman and docker that works and has the image. Raises
    ToolError when no engine works or none has the image, InputError for another name.
    """
    if choice == "host":
        return find_host()
    wanted = recipe()
    programs = find_programs(choice)
    for program in programs:
        image_id = program.image_id(wanted.reference)
        if image_id:
            return Container(program, wanted.reference, image_id, wanted.uid)
    names = " and ".join(program.name for program in programs)
    engine = f" --engine {programs[0].name}" if choice != "auto" else ""
    raise ToolError(
        f"{names} {'has' if len(programs) == 1 else 'have'} no image {wanted.reference}",
        f"make it with: errno-gen image build{engine}",
    )


def show(choice: str) -> tuple[ImageStatus, ...]:
    """The image's status in each engine that ``choice`` (or ``auto``) names and that works."""
    wanted = recipe()
    return tuple(_status(program, wanted) for program in find_programs(choice))


def build(choice: str, progress: Progress, method: str = "auto") -> ImageStatus:
    """Make the image unless it is there, and return its status.

    ``method`` is ``containerfile`` (on a base image from a registry), ``bootstrap``
    (mmdebstrap, Debian's archive only) or ``auto``: the first if the registry can be
    reached, else the second. Raises ToolError when that fails, InputError for a bad name.
    """
    if method not in METHODS:
        raise InputError(f"unknown method '{method}'", f"give one of {', '.join(METHODS)}")
    wanted = recipe()
    program = find_programs(choice)[0]
    cache = platformdirs.user_cache_path("errno-gen")
    with locked(cache / "image.lock", lambda: progress("waiting for another run's image")):
        if program.image_id(wanted.reference):
            return _status(program, wanted)
        if method == "bootstrap" or not _from_registry(program, wanted, method, progress):
            _by_bootstrap(program, wanted, cache, progress)
    return _status(program, wanted)


def prune(choice: str) -> Pruned:
    """Remove the images of other recipes from the engines that ``choice`` names.

    An image stays that a container uses, and all do while a compile check runs here.
    Raises ToolError when no engine works.
    """
    wanted = recipe()
    name = settings().image.name
    busy = any(one.busy for one in kept(platformdirs.user_cache_path("errno-gen")))
    removed: list[tuple[str, str]] = []
    left: list[tuple[str, str]] = []
    for program in find_programs(choice):
        listed = program.run("images", "--format", "{{.Repository}}:{{.Tag}}", name)
        for reference in dict.fromkeys(listed.stdout.decode().split()):
            if reference.rpartition(":")[2] == wanted.reference.rpartition(":")[2]:
                continue
            gone = not busy and program.run("rmi", reference, check=False).returncode == 0
            (removed if gone else left).append((program.name, reference))
    return Pruned(tuple(removed), tuple(left))


def _from_registry(program: Program, wanted: Recipe, method: str, progress: Progress) -> bool:
    """Make the image on the base image; False if ``auto`` may and must go another way."""
    try:
        progress(f"asking the registry for {wanted.base}")
        program.run("pull", "--quiet", wanted.base, timeout=_PULL_SECONDS)
        _from_containerfile(program, wanted, progress)
    except ToolError as error:
        if method != "auto":
            raise
        progress(f"bootstrapping from Debian's archive instead, since {error.message}")
        return False
    return True


def _from_containerfile(program: Program, wanted: Recipe, progress: Progress) -> None:
    progress(f"building {wanted.reference} on {wanted.base} (some minutes)")
    values = {
        "BASE": wanted.base,
        "PACKAGES": " ".join(wanted.packages),
        "KBUILD_USER": wanted.user,
        "KBUILD_UID": str(wanted.uid),
    }
    arguments = [
        part for key, value in values.items() for part in ("--build-arg", f"{key}={value}")
    ]
    first: ToolError | None = None
    with tempfile.TemporaryDirectory(prefix="errno-gen-") as context:
        source = ("--file", str(_containerfile()), "--tag", wanted.reference, context)
        for runtime, limits in ways(program)[:_TRIES]:
            try:
                options = (*limits, *arguments, *source)
                program.run("build", *options, before=runtime, timeout=_MAKE_SECONDS)
            except ToolError as error:
                first = first or error
            else:
                return
    if first:
        raise first


def _by_bootstrap(program: Program, wanted: Recipe, cache: Path, progress: Progress) -> None:
    bootstrap = process.require(
        "mmdebstrap",
        "install it (Debian: apt-get install mmdebstrap uidmap), or build the image where a "
        "registry can be reached: errno-gen image build --method containerfile",
    )
    progress(f"bootstrapping {wanted.reference} with mmdebstrap (a minute or two, 1.2 GB)")
    # Not below /tmp, which may be memory: the archive has more than a gigabyte.
    with tempfile.TemporaryDirectory(prefix="image-", dir=cache) as folder:
        archive = Path(folder, "root.tar")
        unneeded = ("doc", "info", "locale", "man")
        command = (
            bootstrap,
            "--variant=minbase",
            f"--include={','.join(wanted.packages)}",
            *(f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in unneeded),
            f'--customize-hook=chroot "$1" useradd --uid {wanted.uid} --create-home {wanted.user}',
            wanted.suite,
            str(archive),
        )
        process.run(command, timeout=_MAKE_SECONDS, action="mmdebstrap")
        progress(f"importing {wanted.reference} into {program.name}")
        change = ("--change", f"USER {wanted.user}")
        program.run("import", *change, str(archive), wanted.reference, timeout=_MAKE_SECONDS)


def _status(program: Program, wanted: Recipe) -> ImageStatus:
    image_id = program.image_id(wanted.reference)
    size = 0
    if image_id:
        size = int(program.run("image", "inspect", "--format", "{{.Size}}", image_id).stdout)
    return ImageStatus(program.name, wanted.reference, image_id or "", size, wanted.packages)


def _containerfile() -> Path:
    path = data_file("Containerfile")
    if not path.is_file():
        raise ErrnoGenError(f"errno-gen is installed without {path}", "install it again")
    return path
