# SPDX-License-Identifier: GPL-2.0-only
"""The tests inside a container of another Debian than this machine's.

``python -m tests.debian --suite trixie -- pytest -m 'not container'`` makes what it needs and
runs the command. What it makes is kept with podman, or in the user's cache below ``debian``,
and made anew when what it is made from changes:

- an image with the suite's own git, make, coccinelle and Python, bootstrapped by mmdebstrap;
- Python packages as wheels, fetched by this machine's pip with its settings;
- an environment that they are installed into.

The container has no network, this checkout and the kernels are read-only in it, and what tests
write goes with it. Where the caller is not root, root inside is the caller.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from errno_gen.errors import ToolError
from errno_gen.tools.containers.engine import Program, find_program, ways
from errno_gen.tools.lock import locked

ROOT = Path(__file__).resolve().parents[1]
NAME = "localhost/errno-gen-tests"
CHECKOUT, PYTHON = "/errno-gen", "/python"
KERNELS = ("ERRNO_GEN_TEST_KERNEL_61", "ERRNO_GEN_TEST_KERNEL_612")
# The programs of errno-gen and its tests, Python, and what a kernel is compiled with.
PACKAGES = (
    *("bc", "bison", "coccinelle", "cpio", "flex", "gcc", "git", "git-email", "kmod"),
    *("libc6-dev", "libelf-dev", "libmailtools-perl", "libssl-dev", "make", "python3"),
    *("python3-venv", "rsync", "xz-utils"),
)
_UNNEEDED = ("doc", "info", "locale", "man")
_PIP = ("--quiet", "--disable-pip-version-check")


@dataclass(frozen=True)
class Debian:
    """A suite's image in podman, and ``start``: the command line that starts containers."""

    start: tuple[str, ...]
    image: str

    def run(self, argv: Sequence[str], *options: str) -> str:
        """Run ``argv`` inside, for what it says. Raises CalledProcessError when it fails."""
        command = (*self.start, *options, self.image, *argv)
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def bind(path: Path, target: str = "", *, writable: bool = False) -> tuple[str, str]:
    """Options that show ``path`` inside, where it is here or at ``target``."""
    mode = "" if writable else ",readonly"
    return ("--mount", f"type=bind,source={path},target={target or path}{mode}")


def made(suite: str, cache: Path) -> Debian:
    """The image of a suite, which is bootstrapped unless it is there."""
    podman = find_program("podman")
    digest = hashlib.sha256(repr((suite, PACKAGES, _UNNEEDED)).encode()).hexdigest()
    image = f"{NAME}:{suite}-{digest[:12]}"
    if not podman.image_id(image):
        print(f"Bootstrapping {image} (some two minutes)", flush=True)
        # Not below /tmp, which may be memory.
        with tempfile.TemporaryDirectory(prefix="root-", dir=cache) as folder:
            archive = Path(folder, "root.tar")
            bootstrap = (
                *("mmdebstrap", "--quiet", "--variant=minbase", f"--include={','.join(PACKAGES)}"),
                *(f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in _UNNEEDED),
                *(suite, str(archive)),
            )
            subprocess.run(bootstrap, check=True)
            podman.run("import", "--quiet", str(archive), image)
        listed = podman.run("images", "--format", "{{.Repository}}:{{.Tag}}", NAME).stdout
        for old in {*listed.decode().split()} - {image}:
            if old.startswith(f"{NAME}:{suite}-"):
                podman.run("rmi", old, check=False)
    return Debian(_start(podman, image), image)


def _start(podman: Program, image: str) -> tuple[str, ...]:
    """The first way to start containers that works here, see ``engine.ways``."""
    told = ""
    for runtime, limits in ways(podman):
        shut = ("--pull", "never", "--network", "none", "--security-opt", "label=disable")
        start = (podman.path, *runtime, "run", "--rm", *limits, *shut)
        tried = subprocess.run((*start, image, "true"), capture_output=True, text=True)
        if tried.returncode == 0:
            return start
        told = told or tried.stderr
    raise ToolError(f"podman cannot start a container of {image}: {told.strip()}")


def needs() -> tuple[str, ...]:
    """What pip is to install for errno-gen and its tests, as pyproject.toml has it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    # hatchling makes the wheel in a test.
    return (*project["dependencies"], *project["optional-dependencies"]["dev"], "hatchling")


def fetch(version: str, folder: Path) -> None:
    """Have wheels of all that is needed in ``folder``, for Python ``version``.

    This machine's pip makes them of what comes as a source. What is compiled is fetched for
    the other Python then.
    """
    print(f"Fetching Python packages for Python {version}", flush=True)
    pip = (sys.executable, "-m", "pip")
    subprocess.run((*pip, "wheel", *_PIP, "--wheel-dir", folder, *needs()), check=True)
    other = ("--python-version", version, "--only-binary", ":all:", "--find-links", folder)
    subprocess.run((*pip, "download", *_PIP, *other, "--dest", folder, *needs()), check=True)


def environment(debian: Debian, cache: Path) -> Path:
    """The folder of the Python environment for a suite, made unless it is there."""
    digest = hashlib.sha256(repr((debian.image, needs())).encode()).hexdigest()
    folder = cache / f"python-{digest[:12]}"
    if (folder / "made").exists():
        return folder
    for old in cache.glob("python-*"):
        shutil.rmtree(old)
    folder.mkdir()
    version = "import sys; print('%d.%d' % sys.version_info[:2])"
    fetch(debian.run(("python3", "-c", version)).strip(), folder / "wheels")
    script = (
        f"python3 -m venv {PYTHON}; {PYTHON}/bin/pip install {' '.join(_PIP)} --no-index "
        f'--find-links {PYTHON}/wheels "$@"; '
        f"echo {CHECKOUT}/generator >$(echo {PYTHON}/lib/python*/site-packages)/errno-gen.pth"
    )
    inside = bind(folder, PYTHON, writable=True)
    debian.run(("sh", "-euc", script, "sh", *needs()), *inside)
    (folder / "made").touch()
    return folder


def tests(debian: Debian, python: Path, command: Sequence[str]) -> int:
    """Run ``command`` inside; its exit code."""
    variables = {
        "PATH": f"{PYTHON}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTEST_ADDOPTS": "-p no:cacheprovider",
        "HYPOTHESIS_STORAGE_DIRECTORY": "/tmp/hypothesis",
        # One test installs the wheel of errno-gen, and no network is there.
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": f"{PYTHON}/wheels",
    }
    mounts = [*bind(ROOT, CHECKOUT), *bind(python, PYTHON)]
    # A checkout may be a work tree of a repository that is elsewhere.
    asked = ("git", "-C", str(ROOT), "rev-parse", "--path-format=absolute", "--git-common-dir")
    git = Path(subprocess.run(asked, check=True, stdout=subprocess.PIPE, text=True).stdout.strip())
    if not git.is_relative_to(ROOT):
        mounts += bind(git)
    for name in KERNELS:
        if name in os.environ:
            variables[name] = os.environ[name]
            mounts += bind(Path(os.environ[name]))
    options = [part for name in variables for part in ("--env", f"{name}={variables[name]}")]
    say = "git --version; make --version | sed q; spatch --version | sed q; python3 --version"
    # The shell stays, since the first process of a container inherits those that lost theirs.
    name = f"errno-gen-tests-{uuid.uuid4().hex[:12]}"
    own = ("--name", name, "--workdir", CHECKOUT, debian.image)
    inside = ("sh", "-c", f'{say}; "$@"; exit $?', "sh", *command)
    try:
        return subprocess.run((*debian.start, *mounts, *options, *own, *inside)).returncode
    finally:
        # The first process of a container takes no Ctrl-C.
        subprocess.run((debian.start[0], "kill", name), capture_output=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.debian", description=__doc__)
    parser.add_argument("--suite", required=True, help="a suite of Debian's archive")
    parser.add_argument("command", nargs="+", help="what to run inside")
    chosen = parser.parse_args()
    cache = platformdirs.user_cache_path("errno-gen") / "debian" / chosen.suite
    with locked(cache / "lock", lambda: print("Waiting for another run to make ready")):
        debian = made(chosen.suite, cache)
        python = environment(debian, cache)
    return tests(debian, python, chosen.command)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as error:
        sys.exit(f"error: {error.cmd[0]} failed, see above")
    except ToolError as error:
        sys.exit(f"error: {error.message}")
