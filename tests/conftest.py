# SPDX-License-Identifier: GPL-2.0-only
"""What all tests share: an environment of their own, small repositories, the real kernels."""

from __future__ import annotations

import os
import signal
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Protocol

import pluggy
import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from gitrepo import GitRepo

# A busy machine is no bug.
settings.register_profile("errno-gen", deadline=None, print_blob=True)
settings.load_profile("errno-gen")

_HERE = Path(__file__).parent
_KERNELS = "ERRNO_GEN_TEST_KERNEL_"
_IDENTITY = {
    "GIT_AUTHOR_NAME": "Ada Author",
    "GIT_AUTHOR_EMAIL": "ada@example.com",
    "GIT_AUTHOR_DATE": "1700000000 +0000",
    "GIT_COMMITTER_NAME": "Carl Committer",
    "GIT_COMMITTER_EMAIL": "carl@example.com",
    "GIT_COMMITTER_DATE": "1700000100 +0000",
}


def pytest_configure() -> None:
    """Tests of Ctrl-C work also where a shell began all of this in the background.

    There SIGINT is ignored, and what is ignored stays so in all that is started.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport() -> Generator[None, pluggy.Result[pytest.TestReport], None]:
    """Write names that are no text so that a report can be sent from one process to another.

    Git's file names may be any bytes; Python holds those that are no UTF-8 as lone surrogates,
    which xdist cannot send: the whole run ended where one was logged.
    """
    report = (yield).get_result()
    report.sections = [(title, _encodable(text)) for title, text in report.sections]
    if report.longrepr is not None and not _is_encodable(str(report.longrepr)):
        report.longrepr = _encodable(str(report.longrepr))


def _encodable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _is_encodable(text: str) -> bool:
    return _encodable(text) == text


# What takes longest is begun first, so that no worker is left with it at the end.
_FIRST = ("integration", "property", "golden")
# They share the real kernel as it is prepared for compilers.
_COMPILING = ("test_build_series.py", "test_kbuild.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> tuple[bool, int]:
    folder = item.path.relative_to(_HERE).parts[0]
    turn = _FIRST.index(folder) if folder in _FIRST else len(_FIRST)
    return (item.get_closest_marker("container") is None, turn)


class _ByFile(LoadScopeScheduling):
    """Keeps the tests of a file on one worker, since they share what is prepared for it."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "compiling" if file.endswith(_COMPILING) else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    return _ByFile(config, log)


class MakeRepo(Protocol):
    """Makes a repository; with ``files`` it gets a first commit."""

    def __call__(
        self, files: Mapping[str, str | bytes] | None = None, *, name: str = "repo"
    ) -> GitRepo: ...


@pytest.fixture(autouse=True)
def hermetic_git(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """No configuration but the test's own, a fixed identity, fixed dates; the new HOME.

    Its ``.gitconfig`` is the user's configuration. Tests of containers keep their HOME,
    since that is where a rootless engine has its images.
    """
    home = tmp_path_factory.mktemp("home")
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    for name in ("EMAIL", "GNUPGHOME"):
        monkeypatch.delenv(name, raising=False)
    if request.node.get_closest_marker("container") is None:
        monkeypatch.setenv("HOME", str(home))
        for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
            monkeypatch.delenv(name, raising=False)
        if request.node.get_closest_marker("kernel") is not None:
            monkeypatch.setenv("XDG_CACHE_HOME", str(_known(tmp_path_factory)))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / ".gitconfig"))
    for name, value in _IDENTITY.items():
        monkeypatch.setenv(name, value)
    return home


@pytest.fixture(scope="session")
def known_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cache that tests of real kernels share: what is known of them is found out once."""
    return _known(tmp_path_factory) / "errno-gen"


def _known(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """XDG_CACHE_HOME for tests of real kernels, the same for all workers."""
    base = tmp_path_factory.getbasetemp()
    return (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "known"


@pytest.fixture
def make_repo(tmp_path: Path) -> MakeRepo:
    """A function that makes a repository below the test's folder."""

    def make(files: Mapping[str, str | bytes] | None = None, *, name: str = "repo") -> GitRepo:
        repo = GitRepo(tmp_path / name)
        if files is not None:
            repo.commit(files, "Linux")
        return repo

    return make


@pytest.fixture(scope="session")
def kernel_61() -> Path:
    """The git repository of the real Linux 6.1; tests must not write to it."""
    return _kernel("61")


@pytest.fixture(scope="session")
def kernel_612() -> Path:
    """The git repository of the real Linux 6.12; tests must not write to it."""
    return _kernel("612")


def _kernel(version: str) -> Path:
    variable = f"{_KERNELS}{version}"
    given = os.environ.get(variable)
    if not given:
        pytest.fail(
            f"{variable} is not set: run the tests with 'make test', or see tests/README.md"
        )
    path = Path(given)
    if not (path / "Makefile").is_file() or not (path / ".git").exists():
        pytest.fail(f"{variable}={given} is no git repository of a kernel: run 'make test'")
    return path
