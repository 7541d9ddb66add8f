# SPDX-License-Identifier: GPL-2.0-only
"""Laws of the analysis, tried on every driver of ours: what must not change a verdict does not.

Names, the order of functions and the files that they are in, comments and blank lines say
nothing of what an errno means. Broken source may fail with a SourceError for that driver and
in no other way, and what is proposed for it anyway is a rewrite that the proof takes.
"""

from __future__ import annotations

import contextlib
import functools
import random
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import analysis_fixtures as fixtures
import minikernel
from errno_gen.analysis.c.program import declared_name
from errno_gen.analysis.c.text.syntax import Node, mask, parse, text_of, tokens, walk
from errno_gen.analysis.edits.cutouts import Cutout
from errno_gen.errors import SourceError
from errno_gen.model import Driver, DriverPatch, SourceFile, Verdict
from errno_gen.stages import rewrite as rewriting

Breaks = Callable[[dict[str, str], random.Random], dict[str, str]]

_MINI = {
    "alpha.c": ("alpha-iommu.c",),
    "beta.c": ("beta-iommu.c",),
    "gamma": ("gamma/core.c", "gamma/domain.c", "gamma/gamma.h"),
    "delta.c": ("delta-iommu.c",),
    "epsilon.c": ("epsilon-iommu.c",),
    "zeta.c": ("zeta-iommu.c",),
}
NAMES = [*fixtures.names(), *_MINI]
# Where comments name errnos that are returned, they stay where they are.
_MOVABLE = [name for name in NAMES if name != "comment_names.c"]
SEEDS = st.integers(min_value=0, max_value=2**32)
few = settings(max_examples=3, deadline=None, derandomize=True)
every_driver = pytest.mark.parametrize("name", NAMES)

_NO_CODE = r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|#include[^\n]*'
_DECLARING = ("declaration", "parameter_declaration", "field_declaration", "function_definition")
# What the policy and the kernel's headers name; everything else that is declared is ours.
_NOT_OURS = {"attach_dev", "device", "list", "type", "__free", "__iomem", ""}


def sources(name: str) -> dict[str, str]:
    """The texts of a fixture, or of a driver of the small kernel tree, by file name."""
    if name not in _MINI:
        return fixtures.sources(name)
    files = minikernel.FILES_WITH_UNDECIDED
    return {path.split("/")[-1]: files[f"drivers/iommu/{path}"] for path in _MINI[name]}


def meaning(verdicts: tuple[Verdict, ...], names: dict[str, str] | None = None) -> list[str]:
    """What is left of verdicts without places and names: function, errno, cause, outcome."""
    back = {new: old for old, new in (names or {}).items()}
    found = []
    for verdict in verdicts:
        function = back.get(verdict.site.function, verdict.site.function)
        words = fixtures.described((verdict,))[0].words
        found.append(f"{function} {verdict.site.errno} {verdict.site.form} {words}")
    return sorted(found)


@functools.cache
def known_meaning(name: str) -> list[str]:
    """What a driver means as it is written: found once, and compared many times."""
    return meaning(fixtures.analysed(sources(name)))


# --- names --------------------------------------------------------------------------


def own_names(texts: dict[str, str]) -> list[str]:
    """All names that a fixture declares, and those of its kind that it only uses."""
    found: set[str] = set()
    pasted: set[str] = set()
    for text in texts.values():
        pasted.update(re.findall(r"##\s*(\w+)", text))
        for node in walk(parse(text.encode()).root_node):
            if node.type in _DECLARING:
                found.update(map(declared_name, node.children_by_field_name("declarator")))
            elif node.type in ("struct_specifier", "preproc_def", "preproc_function_def"):
                found.add(text_of(node.child_by_field_name("name")))
            elif node.type in ("labeled_statement", "preproc_params"):
                found.update(text_of(c) for c in node.children if c.type.endswith("identifier"))
        found.update(re.findall(r"\b(?:my|to_my|__my)_\w+", re.sub(_NO_CODE, "", text, flags=re.S)))
    # A name that a macro pastes together cannot be given another one as a whole.
    found -= {name for name in found if name.endswith(tuple(pasted))}
    return sorted(n for n in found if n not in _NOT_OURS and not n.startswith(("iommu_", "dev_")))


def renamed(text: str, names: dict[str, str]) -> str:
    def replace(match: re.Match[str]) -> str:
        return names.get(match[0], match[0])

    return re.sub(rf"{_NO_CODE}|\b[A-Za-z_]\w*", replace, text, flags=re.S)


@every_driver
@few
@given(seed=SEEDS)
def test_renaming_changes_no_verdict(name: str, seed: int) -> None:
    texts = sources(name)
    old = own_names(texts)
    fresh = [f"{stem}{i}" for i, stem in enumerate(random.Random(seed).choices(STEMS, k=len(old)))]
    names = dict(zip(old, fresh, strict=True))
    changed = {file: renamed(text, names) for file, text in texts.items()}
    assert changed != texts
    assert meaning(fixtures.analysed(changed), names) == known_meaning(name)


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


@pytest.mark.parametrize("name", _MOVABLE)
@few
@given(seed=SEEDS)
def test_the_order_of_functions_changes_no_verdict(name: str, seed: int) -> None:
    texts = sources(name)
    chance = random.Random(seed)
    changed = {
        file: _reordered(text, chance) if file.endswith(".c") else text
        for file, text in texts.items()
    }
    assert meaning(fixtures.analysed(changed)) == known_meaning(name)


# --- files --------------------------------------------------------------------------


def _split(text: str, chance: random.Random) -> dict[str, str]:
    """The same driver as two files and a header; each function is in one of the two.

    What was static is not any more, so that the other file sees it.
    """
    raw = text.encode()
    header: list[str] = []
    files: tuple[list[str], list[str]] = ([], [])
    for node in parse(raw).root_node.named_children:
        piece = raw[node.start_byte : node.end_byte].decode()
        line = raw[node.end_byte :].split(b"\n")[0].decode()
        piece += line if line.startswith((";", " /*")) else ""
        bodies = [inner for inner in walk(node) if inner.type == "function_definition"]
        table = node.type == "declaration" and "{" in piece
        inline = "inline" in piece.split("{")[0]
        if table or (bodies and not inline):
            chance.choice(files).append(_seen_elsewhere(piece))
        else:
            header.append(piece)
        if bodies and not inline:
            header.extend(_seen_elsewhere(_prototype(raw, body)) for body in bodies)
    first, second = ('#include "parts.h"\n' + "\n".join(pieces) + "\n" for pieces in files)
    return {"first.c": first, "parts.h": "\n".join(header) + "\n", "second.c": second}


def _seen_elsewhere(piece: str) -> str:
    return re.sub(r"^(\s*)static ", r"\1", piece, flags=re.M)


# A table of errnos that other files may use, too, is not followed.
@pytest.mark.parametrize(
    "name", [name for name in _MOVABLE if name.endswith(".c") and name != "errno_rules.c"]
)
@few
@given(seed=SEEDS)
def test_splitting_a_file_in_two_changes_no_verdict(name: str, seed: int) -> None:
    texts = sources(name)
    others = {file: text for file, text in texts.items() if not file.endswith(".c")}
    (text,) = (text for file, text in texts.items() if file.endswith(".c"))
    changed = _split(text, random.Random(seed)) | others
    assert changed["first.c"].strip() or changed["second.c"].strip()
    assert meaning(fixtures.analysed(changed)) == known_meaning(name)


# --- comments and blank lines -------------------------------------------------------

# Comments look like code and name errnos, but none that is returned where they may stand.
FILLERS = (" ", "\n", "\n\n", " /* -EXFULL */ ", "/* if (domain) return -EBADSLT; */", " // why\n")


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


# Where C is broken already, a blank more may break it in another way.
@pytest.mark.parametrize("name", [name for name in _MOVABLE if name != "unparsed.c"])
@few
@given(seed=SEEDS)
def test_comments_and_blanks_change_no_verdict(name: str, seed: int) -> None:
    texts = sources(name)
    chance = random.Random(seed)
    changed = {file: _filled(text, chance) for file, text in texts.items()}
    assert meaning(fixtures.analysed(changed)) == known_meaning(name)


# --- broken source ------------------------------------------------------------------


def _truncated(texts: dict[str, str], chance: random.Random) -> dict[str, str]:
    file = chance.choice(sorted(texts))
    return texts | {file: texts[file][: chance.randrange(len(texts[file]))]}


def _mutated(texts: dict[str, str], chance: random.Random) -> dict[str, str]:
    return {file: _mutant(text, chance) for file, text in texts.items()}


def _mutant(text: str, chance: random.Random) -> str:
    raw = text.encode()
    found = [token for token in tokens(raw) if token.kind != "comment"]
    for _ in range(chance.randrange(1, 4)):
        one, two = chance.choice(found), chance.choice(found)
        new = chance.choice((b"", two.text, one.text * 2, b"{", b"}", b"(", b";", b"case", b"\xff"))
        raw = raw[: one.start] + new + raw[one.end :]
    return raw.decode(errors="surrogateescape")


def _rewritten(texts: dict[str, str]) -> DriverPatch | None:
    """What is proposed for a driver: analysed, rewritten and proven."""
    files = {
        name: SourceFile(name, "0" * 40, text.encode(errors="surrogateescape"))
        for name, text in texts.items()
    }
    driver = Driver("fixture", "", "", tuple(texts))
    with tempfile.TemporaryDirectory() as scratch:
        return rewriting.rewrite(
            driver, (), fixtures.analysed(texts), files, scratch=Path(scratch), timeout=60
        )


def _as_planned(cutouts: Sequence[Cutout], _scratch: Path, _timeout: float) -> list[bytes]:
    """What Coccinelle makes of the functions if it does no more and no less than is planned."""
    done = []
    for cutout in cutouts:
        text = cutout.text
        for edit in reversed(cutout.edits):
            start, end = cutout.span(edit)
            text = text[:start] + edit.new.encode(errors="surrogateescape") + text[end:]
        done.append(text)
    return done


@every_driver
@pytest.mark.parametrize("breaks", [_truncated, _mutated])
@few
@given(seed=SEEDS)
def test_broken_source_never_crashes_nor_breaks_a_proof(
    breaks: Breaks, name: str, seed: int
) -> None:
    changed = breaks(sources(name), random.Random(seed))
    with pytest.MonkeyPatch.context() as patched, contextlib.suppress(SourceError):
        patched.setattr(rewriting, "_transformed", _as_planned)
        _rewritten(changed)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(name=st.sampled_from(NAMES), breaks=st.sampled_from([_truncated, _mutated]), seed=SEEDS)
def test_coccinelle_on_broken_source_does_what_is_planned_or_gives_up(
    name: str, breaks: Breaks, seed: int
) -> None:
    with contextlib.suppress(SourceError):
        _rewritten(breaks(sources(name), random.Random(seed)))


@settings(max_examples=len(NAMES), deadline=None, derandomize=True)
@given(name=st.sampled_from(NAMES))
def test_what_is_rewritten_needs_no_further_rewriting(name: str) -> None:
    texts = {file: re.sub(r" ?/\* expect.*?\*/", "", text) for file, text in sources(name).items()}
    patch = _rewritten(texts)
    if patch is not None:
        after = {change.path: change.after.decode() for change in patch.changes}
        again = _rewritten(texts | after)
        assert again is None or again.changes == ()
