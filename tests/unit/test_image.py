# SPDX-License-Identifier: GPL-2.0-only
"""Container engines and their image, with programs that only pretend to be engines."""

from __future__ import annotations

import os
import resource
from pathlib import Path

import pytest

from errno_gen.errors import InputError, MachineError, ToolError
from errno_gen.tools.containers import image
from errno_gen.tools.containers.engine import Container, Program, find_host
from errno_gen.tools.lock import locked
from errno_gen.tools.settings import candidates, settings

# Notes its calls. It has the image if the file "image" is there; "broken", "no-crun" and
# "no-registry" are files that make it fail as real engines do.
_ENGINE = """\
#!/bin/sh
here=$(dirname "$0")
echo "$(basename "$0") $*" >> "$here/calls"
test ! -e "$here/broken" || { echo "Cannot connect to the daemon." >&2; exit 1; }
runtime=crun
test "$1" != --runtime || { runtime=$2; shift 2; }
case "$1" in
version) exit 0 ;;
info) echo "[name=seccomp]" ;;
image) test -e "$here/image" || exit 125
       case "$4" in *Size*) echo 1000 ;; *) echo sha256:0123abcd ;; esac ;;
pull) test ! -e "$here/no-registry" || { echo "Error: no such host" >&2; exit 125; } ;;
build | import) touch "$here/image" ;;
images) cat "$here/images" ;;
rmi) case "$2" in *:used) echo "image is in use by a container" >&2; exit 2 ;; esac ;;
run) test ! -e "$here/no-crun" || test $runtime = runc || {
       echo "Error: crun: cgroups in hybrid mode not supported" >&2; exit 126; } ;;
esac
"""
_BOOTSTRAP = """\
#!/bin/sh
echo "mmdebstrap $*" >> "$(dirname "$0")/calls"
for last; do :; done
echo tar > "$last"
"""


class Bin:
    """The only folder in PATH besides the system's basic tools."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def program(self, name: str, text: str = _ENGINE) -> None:
        (self.path / name).write_text(text, encoding="utf-8")
        (self.path / name).chmod(0o755)

    def mark(self, *names: str) -> None:
        for name in names:
            (self.path / name).touch()

    @property
    def calls(self) -> list[str]:
        log = self.path / "calls"
        return log.read_text(encoding="utf-8").splitlines() if log.exists() else []


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bin:
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "basename", "cat", "dirname", "touch", "env"):
        real = next(p for p in (Path("/bin", name), Path("/usr/bin", name)) if p.exists())
        (folder / name).symlink_to(real)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "cache" / "errno-gen").mkdir(parents=True)
    return Bin(folder)


def test_the_tag_is_a_hash_of_the_recipe(monkeypatch: pytest.MonkeyPatch) -> None:
    here, other = image.recipe("x86_64"), image.recipe("aarch64")
    assert here == image.recipe("x86_64")
    name, _, tag = here.reference.partition(":")
    assert name == "errno-gen-kbuild"
    assert len(tag) == 12
    assert other.reference != here.reference


def test_the_compiler_of_the_machine_itself_is_no_cross_compiler() -> None:
    here, other = image.recipe("x86_64"), image.recipe("aarch64")
    assert "gcc-aarch64-linux-gnu" in here.packages
    assert "gcc-x86-64-linux-gnu" not in here.packages
    assert "gcc-x86-64-linux-gnu" in other.packages
    assert "gcc-aarch64-linux-gnu" not in other.packages
    assert {"gcc", "make", "sparse"} <= set(here.packages) & set(other.packages)


def test_no_engine(programs: Bin) -> None:
    with pytest.raises(ToolError) as caught:
        image.find_engine("auto")
    assert caught.value.exit_code == 3
    assert str(caught.value) == (
        "no container engine works here: podman is not installed or not in PATH; docker is not "
        "installed or not in PATH; install podman (Debian: apt-get install podman runc uidmap), "
        "or compile without a container: --engine host"
    )
    with pytest.raises(ToolError, match="podman is not installed or not in PATH; install podman"):
        image.find_engine("podman")
    with pytest.raises(InputError, match="no container engine is called 'lxc'"):
        image.find_engine("lxc")


def test_an_engine_that_does_not_answer(programs: Bin) -> None:
    programs.program("docker")
    programs.mark("broken")
    with pytest.raises(ToolError, match=r"docker is installed but does not work: Cannot connect"):
        image.find_engine("docker")


def test_an_engine_without_the_image(programs: Bin) -> None:
    programs.program("docker")
    with pytest.raises(ToolError) as caught:
        image.find_engine("docker")
    assert str(caught.value) == (
        f"docker has no image {image.recipe().reference}; "
        "make it with: errno-gen image build --engine docker"
    )
    programs.program("podman")
    with pytest.raises(ToolError, match="podman and docker have no image"):
        image.find_engine("auto")


def test_podman_is_preferred(programs: Bin) -> None:
    programs.program("docker")
    programs.program("podman")
    programs.mark("image")
    engine = image.find_engine("auto")
    assert (engine.name, engine.toolchain) == ("podman", "0123abcd")
    assert image.find_engine("docker").name == "docker"


def test_the_image_is_built_on_a_base_image(programs: Bin) -> None:
    programs.program("podman")
    told: list[str] = []
    status = image.build("podman", told.append)
    assert (status.engine, status.image_id, status.size) == ("podman", "0123abcd", 1000)
    build = next(call for call in programs.calls if call.startswith("podman build"))
    assert f"--tag {status.reference}" in build
    assert f"PACKAGES={' '.join(status.packages)}" in build
    assert not any("import" in call for call in programs.calls)
    programs.path.joinpath("calls").unlink()
    assert image.build("podman", told.append) == status
    assert not any(" build" in call or " pull" in call for call in programs.calls)


def test_the_image_is_bootstrapped_without_a_registry(programs: Bin) -> None:
    programs.program("podman")
    programs.mark("no-registry")
    with pytest.raises(ToolError, match="mmdebstrap is not installed or not in PATH; install it"):
        image.build("podman", print)
    programs.program("mmdebstrap", _BOOTSTRAP)
    told: list[str] = []
    status = image.build("podman", told.append)
    assert any("no such host" in line for line in told)
    command = next(call for call in programs.calls if call.startswith("mmdebstrap"))
    assert f"--include={','.join(status.packages)}" in command
    assert " bookworm " in command
    made = next(call for call in programs.calls if call.startswith("podman import"))
    assert "--change USER kbuild" in made
    assert made.endswith(status.reference)


def test_a_method_that_was_asked_for_is_not_replaced(programs: Bin) -> None:
    programs.program("podman")
    programs.program("mmdebstrap", _BOOTSTRAP)
    programs.mark("no-registry")
    with pytest.raises(ToolError, match="podman pull failed"):
        image.build("podman", print, "containerfile")
    with pytest.raises(InputError, match="unknown method 'magic'"):
        image.build("podman", print, "magic")


def container(programs: Bin, name: str) -> Container:
    return Container(Program(name, str(programs.path / name)), "kbuild:1", "0123abcd", 59000)


def listed(programs: Bin, *tags: str) -> None:
    names = "\n".join(f"localhost/errno-gen-kbuild:{tag}" for tag in tags)
    (programs.path / "images").write_text(f"{names}\n", encoding="utf-8")


def test_images_of_other_recipes_are_removed(programs: Bin) -> None:
    programs.program("podman")
    listed(programs, "0123456789ab", image.recipe().reference.rpartition(":")[2], "used")
    done = image.prune("auto")
    assert done.removed == (("podman", "localhost/errno-gen-kbuild:0123456789ab"),)
    assert done.kept == (("podman", "localhost/errno-gen-kbuild:used"),)
    assert [call for call in programs.calls if " rmi " in call] == [
        "podman rmi localhost/errno-gen-kbuild:0123456789ab",
        "podman rmi localhost/errno-gen-kbuild:used",
    ]


def test_no_image_is_removed_while_a_compile_check_runs(programs: Bin, tmp_path: Path) -> None:
    programs.program("podman")
    listed(programs, "0123456789ab")
    with locked(tmp_path / "cache" / "errno-gen" / "kbuild" / "6.1.0" / "lock"):
        assert image.prune("podman").removed == ()
    assert not any(" rmi " in call for call in programs.calls)
    assert len(image.prune("podman").removed) == 1


def test_an_image_that_is_gone_is_named(programs: Bin) -> None:
    programs.program("podman")
    programs.mark("image")
    engine = container(programs, "podman")
    assert engine.trouble() is None
    (programs.path / "image").unlink()
    trouble = engine.trouble()
    assert str(trouble) == (
        "the image kbuild:1 is gone (podman); make it: errno-gen image build --engine podman"
    )
    programs.mark("broken")
    assert "podman is installed but does not work: Cannot connect" in str(engine.trouble())


def test_the_callers_limits_are_asked_for(programs: Bin) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for name in ("podman", "docker"):
        programs.program(name)
        command = container(programs, name).command(("true",), Path("/s"), Path("/b"), "n")
        assert f"nofile={soft}:{hard}" in command
        assert command[command.index("--pull") + 1] == "never"


@pytest.mark.parametrize("name", ["podman", "docker"])
def test_containers_are_shut_in(programs: Bin, name: str) -> None:
    programs.program(name)
    engine = container(programs, name)
    command = engine.command(("make", "x.o"), Path("/a/source"), Path("/a/build"), "run-1")
    text = " ".join(command)
    assert "--network none" in text
    assert "--cap-drop all" in text
    assert "--security-opt no-new-privileges" in text
    assert "type=bind,source=/a/source,target=/src,readonly" in text
    assert "type=bind,source=/a/build,target=/build " in text
    assert "--name run-1" in text
    assert text.endswith("kbuild:1 make x.o")
    expected = f"{os.geteuid()}:{os.getegid()}" if os.geteuid() else "59000:59000"
    assert f"--user {expected}" in text
    assert engine.owner == (None if os.geteuid() else 59000)


def test_runc_is_tried_where_crun_is_refused(programs: Bin) -> None:
    programs.program("podman")
    programs.mark("no-crun")
    engine = container(programs, "podman")
    command = engine.command(("true",), Path("/s"), Path("/b"), "n")
    assert command[1:3] == ("--runtime", "runc")
    tried = len(programs.calls)
    engine.command(("true",), Path("/s"), Path("/b"), "n")
    assert len(programs.calls) == tried
    engine.stop("n")
    assert programs.calls[-1] == "podman rm --force n"


def test_an_engine_that_starts_nothing(programs: Bin) -> None:
    programs.program("docker")
    programs.mark("no-crun", "image")
    with pytest.raises(MachineError, match="docker cannot start a container: Error: crun: cgroups"):
        container(programs, "docker").command(("true",), Path("/s"), Path("/b"), "n")


def test_the_host_needs_a_compiler_and_make(programs: Bin) -> None:
    with pytest.raises(ToolError, match="make is not installed or not in PATH; install a compiler"):
        find_host()
    programs.program("make")
    with pytest.raises(ToolError, match="gcc is not installed or not in PATH; install a compiler"):
        find_host()


def test_candidates() -> None:
    names = [one.architecture for one in candidates()]
    assert names[:2] == ["x86_64", "arm64"]
    assert all(one.fallback for one in candidates()[2:])
    assert [one.fallback for one in candidates(("arm",))] == [False]
    assert set(names) == set(settings().image.compilers)
    with pytest.raises(InputError, match="no configuration for architecture 'vax'; give x86_64"):
        candidates(("vax",))
