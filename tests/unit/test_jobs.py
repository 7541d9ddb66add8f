# SPDX-License-Identifier: GPL-2.0-only
"""Jobs and what comes of them travel, and who does them in this process."""

from __future__ import annotations

import pickle

from errno_gen.errors import ToolError
from errno_gen.tools.compile.results import ObjectResult, Recipe
from errno_gen.tools.compile.warnings import Checks
from errno_gen.tools.crew.jobs import Done, Job, Step, Terms
from errno_gen.tools.settings import Configuration


def test_jobs_and_results_can_be_pickled() -> None:
    step = Step("a" * 40, "b" * 40, ("x.o",), Checks(extra=True))
    job = Job(Configuration("arm64", "allmodconfig"), "b" * 40, ("CONFIG_X",), (step,))
    failure = ToolError("make failed", "see /x.log", argv=("make",), log="/x.log")
    result = ObjectResult(True, "", ("x.c",), "/x.log", 1.0, "c", ("x.c:1: odd",))
    done = Done(({"x.o": result},), {"CONFIG_X": "m"}, Recipe("git", "make", "there"), failure)
    assert pickle.loads(pickle.dumps((job, Terms("6.1.0", "auto", 0, 1.0)))) == (
        job,
        Terms("6.1.0", "auto", 0, 1.0),
    )
    back = pickle.loads(pickle.dumps(done))
    assert (back.results, back.symbols, back.recipe) == (done.results, done.symbols, done.recipe)
    told = back.failure
    assert (str(told), told.hint, told.argv, told.log) == (
        "make failed; see /x.log",
        "see /x.log",
        ("make",),
        "/x.log",
    )


def test_a_line_that_repeats_a_build() -> None:
    recipe = Recipe("git read-tree", "make O=/b")
    assert recipe.line("abc", ("x.o", "y z.o")) == ("git read-tree abc && make O=/b x.o 'y z.o'")
    assert Recipe("git", "make", "there").line("abc", ("x.o",)) == "git abc && make x.o  # on there"
