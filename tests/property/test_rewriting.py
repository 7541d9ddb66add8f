# SPDX-License-Identifier: GPL-2.0-only
"""Laws of rewriting, tried on generated functions and on any bytes."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from errno_gen.analysis.apis import kernel_apis
from errno_gen.analysis.c.text.layout import enclosing_brace, unbrace
from errno_gen.analysis.c.text.lexer import COMMENT, lex
from errno_gen.analysis.edits.cutouts import Cutout, Extent, merge
from errno_gen.analysis.edits.proof import prove
from errno_gen.errors import ProofError, SourceError
from errno_gen.model import DriverPatch, Edit, SourceFile, Verdict
from errno_gen.stages.rewrite import rewrite
from verdicts import DRIVER, PATH, find, messages, source, verdict

_ANNOTATIONS = kernel_apis().annotations
_CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
_FEW = settings(_CALM, max_examples=40)


# --- generated functions ----------------------------------------------------------------

_PLAIN = st.sampled_from(["x = 1;", "return -EBUSY;", "ret = -EXDEV;", "goto out;", "f(x);"])
_PRINT = st.integers(0, 9).map(lambda n: f'dev_err(dev, "message {n}: %d\\n", x);')
_COMMENT = st.sampled_from(["/* why */", "// so", "/* two\n * lines */"])
_LINE = st.one_of(_PLAIN, _PLAIN, _PRINT, _PRINT, _COMMENT, st.just(""))


def _block(lines: list[str], indent: str) -> str:
    body = "".join(f"{indent}\t{line}\n" if line else "\n" for line in lines)
    return f"{{\n{body}{indent}}}"


@st.composite
def _functions(draw: st.DrawFn) -> str:
    parts = []
    for _ in range(draw(st.integers(1, 4))):
        arms = draw(st.lists(st.lists(_LINE, min_size=1, max_size=4), min_size=1, max_size=3))
        head = draw(st.sampled_from(["if (x)", "if (x && y)", "for_each_thing(x)", "while (x)"]))
        text = f"\t{head} {_block(arms[0], chr(9))}"
        if head.startswith("if"):
            for arm in arms[1:-1]:
                text += f" else if (y) {_block(arm, chr(9))}"
            if len(arms) > 1:
                text += f" else {_block(arms[-1], chr(9))}"
        parts.append(text)
    # x and y are parameters: a message may be their last reader.
    head = "int f(struct device *dev, int x, int y)\n{\n\tint ret = 0;\n\n"
    return head + "\n\n".join(parts) + "\nout:\n\treturn ret;\n}\n"


def _verdicts(file: SourceFile) -> list[Verdict]:
    """A verdict on each constant; the first asks for all messages to go."""
    found = []
    for errno in ("EBUSY", "EXDEV"):
        for number in range(file.text.count(b"-" + errno.encode())):
            found.append(verdict(find(file, f"-{errno}", number), errno, "EINVAL"))
    prints = []
    start = 0
    while (start := file.text.find(b"dev_err(", start)) >= 0:
        end = file.text.index(b");", start) + 2
        prints.append(find(file, file.text[start:end].decode(),
                           file.text[:start].count(file.text[start:end])))  # fmt: skip
        start = end
    if found:
        first = found[0]
        found[0] = verdict(first.site.constant, first.site.errno, "EINVAL", prints=tuple(prints))
    return found


def _rewrite(file: SourceFile, verdicts: list[Verdict]) -> DriverPatch | None:
    with tempfile.TemporaryDirectory() as scratch:
        return rewrite(DRIVER, (), verdicts, {PATH: file}, scratch=Path(scratch), timeout=60)


@_FEW
@given(_functions())
def test_rewrite_serves_every_verdict_once(text: str) -> None:
    file = source(text)
    verdicts = _verdicts(file)
    patch = _rewrite(file, verdicts)
    if patch is None:
        assert not verdicts
        return
    (change,) = patch.changes
    after = change.after
    assert b"-EBUSY" not in after and b"-EXDEV" not in after
    assert after.count(b"-EINVAL") == len(verdicts)
    dropped = sum(edit.kind == "drop-print" for edit in patch.edits)
    assert after.count(b"dev_err(") == text.count("dev_err(") - dropped
    assert after.count(b"\n\n\n") <= text.count("\n\n\n")
    # What is rewritten needs no further rewriting.
    again = source(after)
    assert _rewrite(again, [verdict(find(again, "-EINVAL"), "EINVAL", "EINVAL")]) is None


@_CALM
@given(_functions(), st.data())
def test_tidying_takes_nothing_but_pairs_of_braces(text: str, data: st.DataObject) -> None:
    before = text.encode()
    count = before.count(b"{")
    blocks = data.draw(st.sets(st.integers(0, count)))
    after = unbrace(before, blocks, _ANNOTATIONS)
    kept = [each.text for each in lex(after) if each.text not in (b"{", b"}")]
    assert kept == [each.text for each in lex(before) if each.text not in (b"{", b"}")]
    assert before.count(b"{") - after.count(b"{") == before.count(b"}") - after.count(b"}")
    assert unbrace(after, (), _ANNOTATIONS) == after


# --- the proof --------------------------------------------------------------------------

_PROVEN = source(
    """\
int f(struct device *dev, int x)
{
	int ret = -EXDEV; /* preset */

	/* in use */
	if (x) {
		dev_err(dev, "in use\\n");
		return -EBUSY;
	} else {
		x = 1;
	}
	for (x = 0; x < 4; x++)
		if (g(x)) {
			h();
		}
	return ret ? -EBUSY : x->y;
}
"""
)
_AFTER = (
    _PROVEN.text.replace(b'\t\tdev_err(dev, "in use\\n");\n', b"")
    .replace(b"if (x) {", b"if (x)")
    .replace(b"\t} else {", b"\telse")
    .replace(b"x = 1;\n\t}\n", b"x = 1;\n")
    .replace(b"-EBUSY", b"-EINVAL", 1)
)
_EDITS = (
    Edit("drop-print", messages(_PROVEN, "dev_err")[0], 'dev_err(dev, "in use\\n");', ""),
    Edit("errno", find(_PROVEN, "-EBUSY"), "-EBUSY", "-EINVAL"),
)
_TOKENS = lex(_AFTER)


def test_the_example_is_proven() -> None:
    prove(PATH, _PROVEN.text, _AFTER, _EDITS)


@_CALM
@given(
    st.integers(0, len(_TOKENS) - 1),
    st.sampled_from(
        [b"", b"y", b"-", b";", b"{", b"}", b"0", b"-EINVAL", b"/* c */", b"return", b"a b"]
    ),
    st.booleans(),
)
def test_proof_refuses_any_other_token(index: int, new: bytes, insert: bool) -> None:
    token = _TOKENS[index]
    if insert and not new:
        return
    end = token.start if insert else token.end
    after = _AFTER[: token.start] + new + b" " * insert + _AFTER[end:]
    if [each.text for each in lex(after)] == [each.text for each in _TOKENS]:
        return
    with pytest.raises(ProofError):
        prove(PATH, _PROVEN.text, after, _EDITS)


@_CALM
@given(st.integers(0, len(_TOKENS) - 2))
def test_proof_refuses_exchanged_tokens(index: int) -> None:
    one, two = _TOKENS[index : index + 2]
    swapped = _AFTER[: one.start] + two.text + b"\n" + one.text + b"\n" + _AFTER[two.end :]
    if one.text == two.text:
        return
    with pytest.raises(ProofError):
        prove(PATH, _PROVEN.text, swapped, _EDITS)


# --- any bytes --------------------------------------------------------------------------

_BYTES = st.one_of(
    st.binary(max_size=200),
    st.text(alphabet="ab1 {}();\n\t\"'/*\\#-=<>.", max_size=200).map(str.encode),
)


@_CALM
@given(_BYTES)
@example(b"/*")
@example(b'"\\')
def test_every_byte_is_in_one_lexeme_or_blank(text: bytes) -> None:
    position = 0
    for each in lex(text):
        assert each.start >= position and each.end > each.start
        assert text[each.start : each.end] == each.text
        assert not text[position : each.start].replace(b"\\\r\n", b"").replace(b"\\\n", b"").strip()
        position = each.end
    assert not text[position:].replace(b"\\\r\n", b"").replace(b"\\\n", b"").strip()


@_CALM
@given(_BYTES, st.integers(0, 300))
def test_layout_copes_with_any_bytes(text: bytes, number: int) -> None:
    block = enclosing_brace(text, number)
    after = unbrace(text, () if block is None else (block,), _ANNOTATIONS)
    code = [e.text for e in lex(text) if e.text not in (b"{", b"}") and e.kind != COMMENT]
    assert [e.text for e in lex(after) if e.text not in (b"{", b"}") and e.kind != COMMENT] == code


@_CALM
@given(_BYTES)
def test_merge_takes_the_planned_tokens_only(rewritten: bytes) -> None:
    cutout = Cutout(PATH, Extent("f", 0, len(_PROVEN.text)), _PROVEN.text, _EDITS)
    with pytest.raises((ProofError, SourceError)):
        merge(cutout, rewritten)
    good = _PROVEN.text.replace(b'dev_err(dev, "in use\\n");', b"").replace(b"EBUSY", b"EINVAL", 1)
    merged = merge(cutout, b" " + good)
    assert merged == good.replace(b"\t\t\n", b"")
