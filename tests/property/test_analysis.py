# SPDX-License-Identifier: GPL-2.0-only
"""Laws of the analysis, tried on every fixture: what must not change a verdict does not.

Names, the order of functions, comments and blank lines say nothing of what an errno means.
Broken source may fail with a SourceError for that driver and in no other way.
"""

from __future__ import annotations

import contextlib
import random
import re
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import analysis_fixtures as fixtures
from errno_gen.analysis.declarations import declared_name
from errno_gen.analysis.syntax import Node, mask, parse, text_of, tokens, walk
from errno_gen.errors import SourceError
from errno_gen.model import Verdict

NAMES = fixtures.names()
SEEDS = st.integers(min_value=0, max_value=2**32)
few = settings(max_examples=3, deadline=None, derandomize=True)
every_fixture = pytest.mark.parametrize("name", NAMES)

_NO_CODE = r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|#include[^\n]*'
_DECLARING = ("declaration", "parameter_declaration", "field_declaration", "function_definition")
# What the policy and the kernel's headers name; everything else that is declared is ours.
_NOT_OURS = {"attach_dev", "list", ""}


def meaning(verdicts: tuple[Verdict, ...], names: dict[str, str] | None = None) -> list[str]:
    """What is left of verdicts without places and names: function, errno, cause, outcome."""
    back = {new: old for old, new in (names or {}).items()}
    found = []
    for verdict in verdicts:
        function = back.get(verdict.site.function, verdict.site.function)
        words = fixtures.described((verdict,))[0].words
        found.append(f"{function} {verdict.site.errno} {verdict.site.form} {words}")
    return sorted(found)


# --- names --------------------------------------------------------------------------


def own_names(texts: dict[str, str]) -> list[str]:
    """All names that a fixture declares, and those of its kind that it only uses."""
    found: set[str] = set()
    for text in texts.values():
        for node in walk(parse(text.encode()).root_node):
            if node.type in _DECLARING:
                found.update(map(declared_name, node.children_by_field_name("declarator")))
            elif node.type in ("struct_specifier", "preproc_def", "preproc_function_def"):
                found.add(text_of(node.child_by_field_name("name")))
            elif node.type in ("labeled_statement", "preproc_params"):
                found.update(text_of(c) for c in node.children if c.type.endswith("identifier"))
        found.update(re.findall(r"\b(?:my|to_my|__my)_\w+", re.sub(_NO_CODE, "", text, flags=re.S)))
    return sorted(n for n in found if n not in _NOT_OURS and not n.startswith(("iommu_", "dev_")))


def renamed(text: str, names: dict[str, str]) -> str:
    def replace(match: re.Match[str]) -> str:
        return names.get(match[0], match[0])

    return re.sub(rf"{_NO_CODE}|\b[A-Za-z_]\w*", replace, text, flags=re.S)


@every_fixture
@few
@given(seed=SEEDS)
def test_renaming_changes_no_verdict(name: str, seed: int) -> None:
    texts = fixtures.sources(name)
    old = own_names(texts)
    fresh = [f"{stem}{i}" for i, stem in enumerate(random.Random(seed).choices(STEMS, k=len(old)))]
    names = dict(zip(old, fresh, strict=True))
    changed = {file: renamed(text, names) for file, text in texts.items()}
    assert changed != texts
    assert meaning(fixtures.analysed(changed), names) == meaning(fixtures.analysed(texts))


STEMS = ("domain", "dev", "ret", "alloc", "check_device", "x", "iommu", "busy", "Count", "kfree")


# --- order --------------------------------------------------------------------------


def _reordered(text: str, chance: random.Random) -> str:
    """The same file with its functions in another order, each declared before."""
    root = parse(text.encode()).root_node
    raw = text.encode()
    first: list[str] = []
    prototypes: list[str] = []
    functions: list[str] = []
    tables: list[str] = []
    for node in root.named_children:
        piece = raw[node.start_byte : node.end_byte].decode()
        line = raw[node.end_byte :].split(b"\n")[0].decode()
        piece += line if line.startswith((";", " /*")) else ""
        bodies = [inner for inner in walk(node) if inner.type == "function_definition"]
        if bodies:
            functions.append(piece)
            prototypes.extend(_prototype(raw, body) for body in bodies)
        elif node.type == "declaration" and "{" in piece:
            tables.append(piece)
        else:
            first.append(piece)
    chance.shuffle(functions)
    return "\n".join([*first, *dict.fromkeys(prototypes), *functions, *tables]) + "\n"


def _prototype(raw: bytes, body: Node) -> str:
    block = body.child_by_field_name("body")
    assert block is not None
    return raw[body.start_byte : block.start_byte].decode().strip() + ";"


@every_fixture
@few
@given(seed=SEEDS)
def test_the_order_of_functions_changes_no_verdict(name: str, seed: int) -> None:
    texts = fixtures.sources(name)
    chance = random.Random(seed)
    changed = {
        file: _reordered(text, chance) if file.endswith(".c") else text
        for file, text in texts.items()
    }
    assert meaning(fixtures.analysed(changed)) == meaning(fixtures.analysed(texts))


# --- comments and blank lines -------------------------------------------------------

FILLERS = (" ", "\n", "\n\n", " /* -EBUSY */ ", "/* if (domain) return -ENODEV; */", " // why\n")


def _boundaries(text: str) -> Iterator[int]:
    """Offsets between tokens where white space means nothing (not in directives)."""
    raw = text.encode()
    for token in tokens(mask(raw, ())):
        start = raw.rfind(b"\n", 0, token.start) + 1
        previous = raw.rfind(b"\n", 0, max(0, start - 1)) + 1
        directive = raw[start : start + 1] == b"#" or raw[previous:start].endswith(b"\\\n")
        if not directive:
            yield token.start


def _filled(text: str, chance: random.Random) -> str:
    places = list(_boundaries(text))
    raw = text.encode()
    for place in sorted(chance.sample(places, k=min(12, len(places))), reverse=True):
        raw = raw[:place] + chance.choice(FILLERS).encode() + raw[place:]
    return raw.decode()


@every_fixture
@few
@given(seed=SEEDS)
def test_comments_and_blanks_change_no_verdict(name: str, seed: int) -> None:
    texts = fixtures.sources(name)
    chance = random.Random(seed)
    changed = {file: _filled(text, chance) for file, text in texts.items()}
    assert meaning(fixtures.analysed(changed)) == meaning(fixtures.analysed(texts))


# --- broken source ------------------------------------------------------------------


@every_fixture
@few
@given(seed=SEEDS)
def test_truncated_source_never_crashes(name: str, seed: int) -> None:
    texts = fixtures.sources(name)
    chance = random.Random(seed)
    file = chance.choice(sorted(texts))
    changed = texts | {file: texts[file][: chance.randrange(len(texts[file]))]}
    with contextlib.suppress(SourceError):
        fixtures.analysed(changed)


def _mutated(text: str, chance: random.Random) -> str:
    raw = text.encode()
    found = [token for token in tokens(raw) if token.kind != "comment"]
    for _ in range(chance.randrange(1, 4)):
        one, two = chance.choice(found), chance.choice(found)
        new = chance.choice((b"", two.text, one.text * 2, b"{", b"}", b"(", b";", b"case", b"\xff"))
        raw = raw[: one.start] + new + raw[one.end :]
    return raw.decode(errors="surrogateescape")


@every_fixture
@few
@given(seed=SEEDS)
def test_mutated_source_never_crashes(name: str, seed: int) -> None:
    texts = fixtures.sources(name)
    chance = random.Random(seed)
    changed = {file: _mutated(text, chance) for file, text in texts.items()}
    with contextlib.suppress(SourceError):
        fixtures.analysed(changed)
