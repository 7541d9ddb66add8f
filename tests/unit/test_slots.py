# SPDX-License-Identifier: GPL-2.0-only
"""Calls of make that share their job slots, with the real make."""

from __future__ import annotations

import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from errno_gen.tools.compile.inside import listed, make_script
from errno_gen.tools.compile.slots import Slots, open_slots

_MAKEFILE = """\
all: $(foreach n,1 2 3 4 5,job-$(n))
job-%: ; @echo + >> ../times; sleep 0.3; echo - >> ../times
"""


def call(slots: Slots, folder: Path) -> None:
    folder.mkdir()
    (folder / "Makefile").write_text(_MAKEFILE, encoding="utf-8")
    script = make_script(str(folder), ("make", "all"), str(slots.pipe), slots.count)
    with slots.taken():
        subprocess.run(["sh", "-c", script], check=True)


def most_at_once(times: str) -> int:
    now = most = 0
    for line in times.split():
        now += 1 if line == "+" else -1
        most = max(most, now)
    return most


def test_two_calls_of_make_run_no_more_than_there_are_slots(tmp_path: Path) -> None:
    with open_slots(tmp_path / "slots", 3, None) as slots, ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(call, slots, tmp_path / name) for name in ("one", "two")]:
            done.result()
        times = (tmp_path / "times").read_text()
        assert times.count("+") == 10
        assert most_at_once(times) == 3
        # All are back: one call has all of them now.
        (tmp_path / "times").unlink()
        call(slots, tmp_path / "three")
        assert most_at_once((tmp_path / "times").read_text()) == 3
    assert not slots.pipe.exists()


def test_a_call_that_finds_no_slot_waits_for_those_that_run(tmp_path: Path) -> None:
    times = tmp_path / "times"
    with open_slots(tmp_path / "slots", 2, None) as slots, ThreadPoolExecutor(2) as pool:
        first = pool.submit(call, slots, tmp_path / "one")
        while not times.exists() or times.read_text().count("+") < 2:
            time.sleep(0.01)
        second = pool.submit(call, slots, tmp_path / "two")
        first.result(), second.result()
        assert times.read_text().count("+") == 10
        assert most_at_once(times.read_text()) == 2


def test_nobody_waits_for_slots_that_a_killed_make_had(tmp_path: Path) -> None:
    with open_slots(tmp_path / "slots", 2, None) as slots:
        reader = os.open(slots.pipe, os.O_RDWR)
        assert os.read(reader, 2) == b"++"
        call(slots, tmp_path / "one")
        assert most_at_once((tmp_path / "times").read_text()) == 1
        os.close(reader)


def test_without_the_pipe_make_has_slots_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text("all: ; @echo $(MAKEFLAGS)\n", encoding="utf-8")
    script = make_script(str(tmp_path), ("make", "all"), "/nowhere/slots", 3)
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)
    assert "-j3" in done.stdout
    assert "3,3" not in done.stdout


def test_objects_are_looked_into_and_the_code_of_make_is_told(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text("all: ; @exit 1\n", encoding="utf-8")
    (tmp_path / "a.o").write_text("", encoding="utf-8")
    script = make_script(
        str(tmp_path),
        ("make", "all"),
        "/nowhere/slots",
        1,
        objdump="echo",
        objects=("a.o", "gone.o"),
        listing="listing",
    )
    done = subprocess.run(["sh", "-c", script], stderr=subprocess.DEVNULL, check=False)
    assert done.returncode == 2
    text = (tmp_path / "listing").read_text()
    assert listed(text) == {"a.o": "--disassemble --disassemble-zeroes --no-show-raw-insn a.o\n"}
    assert listed(text.removesuffix("errno-gen: end\n")) is None
