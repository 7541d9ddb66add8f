# SPDX-License-Identifier: GPL-2.0-only
"""The image from a Containerfile, on a base image that a real registry protocol hands out."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec
import pytest

from errno_gen.errors import ToolError
from errno_gen.tools.containers import image
from errno_gen.tools.containers.engine import Container
from errno_gen.tools.settings import settings

pytestmark = pytest.mark.container

_NAME = "library/debian"
_TAG = "bookworm-slim"


def podman(*arguments: str) -> str:
    return subprocess.run(
        ["podman", *arguments], check=True, stdout=subprocess.PIPE, text=True
    ).stdout


@pytest.fixture(scope="module")
def layout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small Debian as a registry has it: manifest and blobs by their digests."""
    folder = tmp_path_factory.mktemp("base")
    archive = folder / "base.tar"
    suite = settings().image.suite
    mmdebstrap = ["mmdebstrap", "--quiet", "--variant=minbase", suite, str(archive)]
    subprocess.run(mmdebstrap, check=True)
    with pytest.MonkeyPatch.context() as patched:
        _own_storage(folder, patched)
        podman("import", "--quiet", str(archive), "base")
        podman("push", "--quiet", "base", f"oci:{folder}/layout:{_TAG}")
        podman("rmi", "base")
    archive.unlink()
    return folder / "layout"


def _own_storage(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    storage = folder / "storage.conf"
    storage.write_text(
        f'[storage]\ndriver = "overlay"\nrunroot = "{folder}/run"\ngraphroot = "{folder}/graph"\n'
    )
    monkeypatch.setenv("CONTAINERS_STORAGE_CONF", str(storage))


@pytest.fixture
def registry(layout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A registry on loopback in docker.io's place, and what it was asked for.

    podman's storage is one of the test's own, so that no image of the user's counts.
    """
    _own_storage(tmp_path, monkeypatch)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            body, kind = _answer(layout, self.path)
            self.send_response(200 if kind else 404)
            self.send_header("Content-Type", kind or "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def do_HEAD(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    conf = tmp_path / "registries.conf"
    conf.write_text(
        '[[registry]]\nlocation = "docker.io"\n[[registry.mirror]]\n'
        f'location = "127.0.0.1:{server.server_port}"\ninsecure = true\n'
    )
    monkeypatch.setenv("CONTAINERS_REGISTRIES_CONF", str(conf))
    yield asked
    server.shutdown()
    podman("rmi", "--all", "--force")


def _answer(layout: Path, path: str) -> tuple[bytes, str]:
    """Body and type of what OCI's distribution specification names ``path``."""
    blobs = layout / "blobs" / "sha256"
    manifest = json.loads((layout / "index.json").read_text())["manifests"][0]
    if path == "/v2/":
        return b"{}", "application/json"
    if path == f"/v2/{_NAME}/manifests/{_TAG}":
        return (blobs / manifest["digest"].removeprefix("sha256:")).read_bytes(), manifest[
            "mediaType"
        ]
    blob = blobs / path.removeprefix(f"/v2/{_NAME}/blobs/sha256:")
    if path.startswith(f"/v2/{_NAME}/blobs/sha256:") and blob.is_file():
        return blob.read_bytes(), "application/octet-stream"
    return b"{}", ""


def test_the_image_is_built_on_a_base_from_a_registry(
    registry: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = msgspec.structs.replace(settings().image, packages=["make"], compilers={})
    small = msgspec.structs.replace(settings(), image=few)
    monkeypatch.setattr(image, "settings", lambda: small)
    told: list[str] = []

    made = image.build("podman", told.append)

    assert f"/v2/{_NAME}/manifests/{_TAG}" in registry
    assert told == [
        f"asking the registry for {few.base}",
        f"building {made.reference} on {few.base} (some minutes)",
    ]
    found = image.find_engine("podman")
    assert isinstance(found, Container)
    assert found.image_id == made.image_id
    assert found.has("make")
    user = podman("image", "inspect", "--format", "{{.Config.User}}", made.reference)
    assert user.strip() == few.user
    here = tmp_path / "here"
    here.mkdir()
    id_of = found.command(["id", "-u", few.user], here, here, "errno-gen-test")
    assert subprocess.check_output(id_of, text=True).strip() == str(few.uid)

    # It is there now: nothing is asked for again.
    before = len(registry)
    assert image.build("podman", told.append) == made
    assert len(registry) == before
    assert len(told) == 2


def test_a_base_that_the_registry_does_not_have(
    registry: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = msgspec.structs.replace(settings().image, base="docker.io/library/nothing:here")
    monkeypatch.setattr(image, "settings", lambda: msgspec.structs.replace(settings(), image=other))
    with pytest.raises(ToolError) as raised:
        image.build("podman", lambda _: None, "containerfile")
    assert "docker.io/library/nothing:here" in str(raised.value.argv) + str(raised.value)
    assert any("/library/nothing/" in path for path in registry)
