# SPDX-License-Identifier: GPL-2.0-only
"""Whatever the verdicts say, a message fits its columns and survives git and mail."""

from __future__ import annotations

import re
import subprocess
import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from errno_gen.model import Action, Cause, DriverPatch, FileChange, Verdict
from errno_gen.policy import load_policy
from errno_gen.stages.commit import commit_message
from errno_gen.stages.commit.sentences import condensed
from errno_gen.stages.commit.subject import subject_line, subject_prefix
from errno_gen.tools.render import WIDTH, listed, wrap
from patches import patch, verdict

EINVAL = load_policy("einval")
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t "))
TRICKY = st.sampled_from(
    ["From", "---", "diff", "#", ">", "Subject:", "-- ", "`a b`", "`", "x" * 74, "x" * 90, "a"]
)
PROSE = st.lists(TRICKY | TEXT, max_size=60).map(" ".join)
IDENTIFIER = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,60}", fullmatch=True)
ERRNO = st.sampled_from(["EINVAL", "EBUSY", "ENODEV", "EOPNOTSUPP"])
STEM = st.from_regex(r"[a-z0-9]{1,40}([-_][a-z0-9]{1,20}){0,4}", fullmatch=True)
FILES = st.lists(
    st.tuples(st.lists(STEM, min_size=1, max_size=4), STEM).map(
        lambda path: f"{'/'.join(path[0])}/{path[1]}.c"
    ),
    min_size=1,
    max_size=4,
)
SENTENCE = st.lists(IDENTIFIER.map(lambda name: f"`{name}`") | st.just("is"), max_size=20).map(
    lambda words: f"{' '.join(words)} at fault."
)


@st.composite
def verdicts(draw: st.DrawFn) -> Verdict:
    action = draw(st.sampled_from([Action.REWRITE, Action.DROP_PRINT, Action.KEEP]))
    old = draw(ERRNO)
    return verdict(
        draw(IDENTIFIER),
        old,
        old if action is Action.DROP_PRINT else draw(ERRNO | st.just("propagate")),
        draw(st.lists(SENTENCE, min_size=1, max_size=3)),
        cause=draw(st.sampled_from([Cause.INCOMPATIBLE, Cause.DEVICE, Cause.SWALLOWED])),
        action=action,
        start=draw(st.integers(0, 1000)),
        callbacks=draw(st.lists(IDENTIFIER, max_size=2)),
        outside=draw(st.lists(IDENTIFIER, max_size=3)),
    )


PATCHES = st.builds(
    lambda files, made: patch([FileChange(files[0], "", b"", b"")], made, files=files),
    FILES,
    st.lists(verdicts(), min_size=1, max_size=6),
)


@given(PROSE)
def test_lines_fit_and_no_word_is_lost(text: str) -> None:
    wrapped = wrap(text)
    assert wrapped.split() == text.split()
    assert wrap(wrapped) == wrapped
    for line in wrapped.split("\n"):
        assert len(line) <= WIDTH or " " not in line
        assert line == line.strip()


@given(PROSE)
def test_no_line_but_the_first_begins_like_a_patch_or_a_mail(text: str) -> None:
    for paragraph in wrap(text).split("\n\n"):
        first, *lines = paragraph.split("\n")
        previous = first
        for line in lines:
            bad = re.match(r"(From |diff |---|#|>|[A-Za-z-]+:( |$))", line)
            # Nothing helps where the word before it leaves no room.
            assert not bad or len(previous.split(" ")[-1]) + len(line.split(" ")[0]) >= WIDTH
            previous = line


@given(PATCHES)
@settings(max_examples=40)
def test_messages(case: DriverPatch) -> None:
    message = commit_message(case, EINVAL, "Jörg <j@example.org>")
    subject, blank, *body = message.split("\n")
    assert subject == subject_line(case, EINVAL)
    assert 0 < len(subject) <= WIDTH
    assert re.match(r"[^:\s]+: [A-Z]", subject)
    assert blank == ""
    assert message.endswith("\n\nSigned-off-by: Jörg <j@example.org>\n")
    assert "\n\n\n" not in message
    for line in body:
        assert len(line) <= WIDTH or " " not in line
        assert line == line.rstrip()
        assert not line.startswith(("---", "#", ">", "diff ", "From "))
    assert not any(unicodedata.category(c) == "Cc" for c in message if c != "\n")
    assert commit_message(case, EINVAL, "Jörg <j@example.org>") == message


@given(PATCHES)
@settings(max_examples=10)
def test_git_takes_the_message_as_it_is(case: DriverPatch) -> None:
    message = commit_message(case, EINVAL)
    stripped = subprocess.run(
        ["git", "stripspace", "--strip-comments"], input=message.encode(), capture_output=True
    )
    assert stripped.stdout.decode() == message


@given(PATCHES)
@settings(max_examples=40)
def test_no_sentence_is_told_twice_in_a_paragraph(case: DriverPatch) -> None:
    for paragraph in commit_message(case, EINVAL).split("\n\n"):
        sentences = re.findall(r"(?<=[.] )[^.]{30,}[.]", " ".join(paragraph.split()))
        assert len(sentences) == len(set(sentences))


@given(FILES)
def test_prefixes(files: list[str]) -> None:
    prefix = subject_prefix(files)
    assert prefix
    assert not re.search(r"[\s:]|^/|/$|//", prefix)
    assert subject_prefix(files[::-1]) == prefix


@given(st.lists(IDENTIFIER, min_size=1, max_size=5, unique=True))
def test_sentences_on_different_code_become_one(names: list[str]) -> None:
    told = condensed([f"`{name}` is missing." for name in names])
    either = listed([f"`{name}`" for name in names]).replace(" and ", " or ")
    assert told == (f"{either} is missing.",)


@given(st.lists(PROSE, max_size=6))
def test_condensed_sentences_lose_no_code(sentences: list[str]) -> None:
    told = " ".join(condensed(sentences))
    for sentence in sentences:
        for code in re.findall(r"`[^`]*`", sentence):
            assert code in told
