# SPDX-License-Identifier: GPL-2.0-only
"""Kernel-doc comments of many shapes: what is read of them, and how words are put in."""

from __future__ import annotations

import pytest

from errno_gen.analysis.c.text.sameness import same_but_comments
from errno_gen.analysis.docs.insertion import (
    prove_comments,
    with_comment,
    with_member,
    with_return,
)
from errno_gen.analysis.docs.kerneldoc import (
    Mention,
    comment_above,
    comment_of_function,
    comment_of_member,
    comment_of_struct,
    errnos_in,
    mention,
)
from errno_gen.errors import ProofError

STRUCT = "struct ops {\n\tint (*first)(void);\n\tint (*attach)(void);\n\tint (*last)(void);\n};\n"
WORDS = ("It returns 0, or else:", "* %-EINVAL - Another one.", "* %-ENODEV - None.", "The end.")
ORDER = ("first", "attach", "last")
LONG = " ".join(["word"] * 30)


def of_member(comment: str) -> str:
    """The comment of the struct after words were added to a member of it."""
    text = (comment + STRUCT).encode()
    found = comment_of_struct(text, "ops")
    assert found is not None
    fresh = with_member(text, found, "attach", WORDS, ORDER)
    assert fresh is not None
    prove_comments("ops.h", text, fresh)
    return fresh.decode().removesuffix(STRUCT)


def test_a_member_on_one_line_grows_below_its_own_text() -> None:
    assert of_member("/**\n * struct ops - all\n * @attach: attach\n * @last: end\n */\n") == (
        "/**\n"
        " * struct ops - all\n"
        " * @attach: attach\n"
        " *\n"
        " *          It returns 0, or else:\n"
        " *\n"
        " *          * %-EINVAL - Another one.\n"
        " *          * %-ENODEV - None.\n"
        " *\n"
        " *          The end.\n"
        " * @last: end\n"
        " */\n"
    )


@pytest.mark.parametrize(
    ("comment", "prefix"),
    [
        # Its own further lines say how.
        (" * @attach: attach\n *     and so on\n * @last: end\n", " *     "),
        (" * @attach: attach\n *\t\tand so on\n", " *\t\t"),
        # Those of other members do, if they agree on an indent that is not the column of the text.
        (" * @first: one\n *    more\n * @attach: attach\n * @last: end\n *    more\n", " *    "),
        (" * @first: one\n *         more\n * @attach: attach\n", " *          "),
        # What is not indented would end the description at the blank line.
        (" * @attach: attach\n * and so on\n", " *   "),
        # A tab behind the name.
        (" * @attach:\tattach\n", " *\t\t"),
        (" *\t@attach: attach\n", " *\t\t "),
        # The text on the next line.
        (" * @attach:\n *      Attach.\n", " *      "),
    ],
)
def test_further_lines_stand_where_the_comments_stand(comment: str, prefix: str) -> None:
    lines = of_member(f"/**\n * struct ops - all\n{comment} */\n").splitlines()
    (line,) = [line for line in lines if line.endswith("It returns 0, or else:")]
    assert line.removesuffix("It returns 0, or else:") == prefix
    assert f"{prefix}* %-ENODEV - None." in lines
    assert not any(line != line.rstrip() or " \t" in line[2:] for line in lines)


def test_a_member_ends_where_a_description_of_the_whole_begins() -> None:
    after = of_member("/**\n * struct ops - all\n * @attach: attach\n *\n * All of it.\n */\n")
    assert after.endswith(" *          The end.\n *\n * All of it.\n */\n")


def test_a_paragraph_behind_a_blank_line_belongs_to_its_member() -> None:
    comment = "/**\n * struct ops - all\n * @attach: attach\n *\n *   More.\n *   And more.\n"
    after = of_member(f"{comment} * @last: end\n */\n")
    assert after.startswith(f"{comment} *\n *   It returns 0, or else:\n")
    assert after.endswith(" *   The end.\n * @last: end\n */\n")


def test_the_end_of_the_comment_may_stand_behind_text() -> None:
    after = of_member("/**\n * struct ops - all\n * @attach: attach */\n")
    assert after.endswith(" * @attach: attach\n *\n" + after.partition(" *\n")[2])
    assert after.endswith(" *          The end.\n */\n")


def test_long_words_are_wrapped_with_the_items_hanging() -> None:
    text = ("/**\n * struct ops - all\n * @attach: attach\n */\n" + STRUCT).encode()
    found = comment_of_struct(text, "ops")
    assert found is not None
    fresh = with_member(text, found, "attach", (f"* {LONG}", LONG))
    assert fresh is not None
    lines = fresh.decode().splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[4].startswith(" *          * word word")
    assert lines[5].startswith(" *            word word")


def test_a_member_without_a_line_gets_one_in_the_order_of_the_struct() -> None:
    assert of_member("/**\n * struct ops - all\n * @first: one\n * @last: end\n */\n") == (
        "/**\n"
        " * struct ops - all\n"
        " * @first: one\n"
        " * @attach: It returns 0, or else:\n"
        " *\n"
        " *          * %-EINVAL - Another one.\n"
        " *          * %-ENODEV - None.\n"
        " *\n"
        " *          The end.\n"
        " * @last: end\n"
        " */\n"
    )
    after = of_member("/**\n * struct ops - all\n * @first: one\n *\n * All.\n */\n")
    assert " * @first: one\n * @attach: It returns 0, or else:\n" in after


def test_a_comment_that_names_no_member_has_no_place() -> None:
    text = ("/**\n * struct ops - all\n *\n * All of it.\n */\n" + STRUCT).encode()
    found = comment_of_struct(text, "ops")
    assert found is not None
    assert with_member(text, found, "attach", WORDS, ORDER) is None


@pytest.mark.parametrize(
    ("comment", "after"),
    [
        (
            "\t/** @attach: attach it */\n",
            "\t/**\n\t * @attach: attach it\n\t *\n\t * It returns 0, or else:\n\t *\n"
            "\t * * %-EINVAL - Another one.\n\t * * %-ENODEV - None.\n\t *\n\t * The end.\n\t */\n",
        ),
        (
            "\t/**\n\t * @attach: attach it\n\t *\n\t * Once.\n\t */\n",
            "\t/**\n\t * @attach: attach it\n\t *\n\t * Once.\n\t *\n\t * It returns 0, or else:\n"
            "\t *\n\t * * %-EINVAL - Another one.\n\t * * %-ENODEV - None.\n\t *\n\t * The end.\n"
            "\t */\n",
        ),
    ],
)
def test_a_comment_inside_the_struct(comment: str, after: str) -> None:
    text = STRUCT.replace("\tint (*attach)", f"{comment}\tint (*attach)").encode()
    assert comment_of_struct(text, "ops") is None
    found = comment_of_member(text, (0, len(text)), "attach")
    assert found is not None
    fresh = with_member(text, found, "attach", WORDS)
    assert fresh is not None
    assert fresh.decode() == STRUCT.replace("\tint (*attach)", f"{after}\tint (*attach)")
    assert comment_of_member(text, (0, len(text)), "last") is None


FUNCTION = "int attach(struct domain *domain)\n{\n\treturn 0;\n}\n"
RETURNS = ("0 on success, or a negative errno.", "That of the driver is handed on.")


def of_function(comment: str) -> str | None:
    """The comment of the function after it tells what is returned."""
    text = (comment + FUNCTION).encode()
    found = comment_of_function(text, "attach")
    assert found is not None
    fresh = with_return(text, found, RETURNS)
    if fresh is None:
        return None
    prove_comments("attach.c", text, fresh)
    return fresh.decode().removesuffix(FUNCTION)


@pytest.mark.parametrize(
    "comment",
    [
        "/**\n * attach - attach it\n * @domain: it\n",
        "/**\n * attach() - attach it\n * @domain: it\n *\n * All of it.\n",
        "/**\n * attach(): attach it\n",
        "/**\n * attach\n",
        "/**\n * attach - attach it\n * @domain: it\n *\n * Returns 0 on success.\n",
        "/**\n * attach - attach it\n *\n * Context: Any.\n",
    ],
)
def test_a_function_gets_a_section(comment: str) -> None:
    section = (
        " * Return: 0 on success, or a negative errno. That of the driver is handed on.\n */\n"
    )
    assert of_function(f"{comment} */\n") == f"{comment} *\n{section}"
    assert of_function(f"{comment} *\n */\n") == f"{comment} *\n{section[:-4]} *\n */\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            " * Return: 0 on success, else an errno\n",
            " * Return: 0 on success, else an errno.\n * That of the driver is handed on.\n",
        ),
        (
            " * Returns: 0 on success.\n *\n * Take care.\n",
            " * Returns: 0 on success.\n * That of the driver is handed on.\n *\n * Take care.\n",
        ),
        (
            " * RETURN:\t0 on success, else\n *\t\tan errno.\n",
            " * RETURN:\t0 on success, else\n *\t\tan errno.\n"
            " *\t\tThat of the driver is handed on.\n",
        ),
    ],
)
def test_a_section_goes_on(before: str, after: str) -> None:
    head = "/**\n * attach - attach it\n * @domain: it\n *\n"
    assert of_function(f"{head}{before} */\n") == f"{head}{after} */\n"


@pytest.mark.parametrize(
    "section",
    [
        " * Return:\n * * 0 - success\n * * else - failure\n",
        " * Return: one of\n * - 0\n * - an errno\n",
        " * Return:\n * 0 on success\n",
        " * Return: 0 on\n *\n *   success\n",
    ],
)
def test_a_list_does_not_go_on(section: str) -> None:
    assert of_function(f"/**\n * attach - attach it\n{section} */\n") is None


def test_a_new_comment() -> None:
    text = ("static int x;\n\n" + FUNCTION).encode()
    start = text.index(b"int attach")
    parameters = [("domain", "the domain to attach"), ("far", LONG)]
    after = with_comment(text, start, "attach() - Attach it", parameters, RETURNS)
    prove_comments("attach.c", text, after)
    assert after.decode().startswith(
        "static int x;\n\n/**\n * attach() - Attach it\n * @domain: the domain to attach\n"
        " * @far: word word"
    )
    assert after.decode().endswith(
        " *\n * Return: 0 on success, or a negative errno. That of the driver is handed on.\n */\n"
        + FUNCTION
    )


def test_which_comment_is_whose() -> None:
    text = (
        b"/* struct ops - plain */\n/** struct opsy - other */\n/*** struct ops - line ***/\n/**/\n"
        b'char *s = "/** struct ops - text */";\n'
        b"/**\n * DOC: ops\n */\n/**\n * struct ops::member - no\n */\n"
    )
    assert comment_of_struct(text, "ops") is None
    assert comment_of_struct(text + b"/**\n *\tstruct ops: it */", "ops") is not None
    assert comment_of_function(b"/**\n * attach_all - no\n */\n", "attach") is None
    assert comment_of_function(b"/**\n * struct domain *attach - yes\n */\n", "attach") is None
    assert comment_of_function(b"/**\n * domain *attach() - yes\n */\n", "attach") is not None


def test_a_comment_above() -> None:
    for text, above in (
        ("/* why */\nint f(void);", True),
        ("int x; /* why */\nint f(void);", False),
        ("/* why */\n\nint f(void);", False),
        ("/*\n * why\n */ \nint f(void);", True),
        ("int x;\nint f(void);", False),
    ):
        assert comment_above(text.encode(), text.index("int f")) is above, text


def test_evidence() -> None:
    assert mention("Returns -EINVAL or %-EBUSY", ("EINVAL",)) is Mention.SAYS
    assert mention("Returns -EBUSY, ENOTSUPP", ("EINVAL",)) is Mention.OTHERS
    assert mention("Returns ERROR, END, EINVALID or E2", ("EINVAL",)) is Mention.SILENT
    assert errnos_in("EBUSY, EPERM, EBUSY: IOMMU_EINVAL") == ("EBUSY", "EPERM")
    # Linux has these, and no ENOTSUP.
    told = "-EPROBE_DEFER, -EIOCBQUEUED or -ERESTART_RESTARTBLOCK, -ENOTSUPP, -ENOTSUP"
    assert errnos_in(told) == ("EPROBE_DEFER", "EIOCBQUEUED", "ERESTART_RESTARTBLOCK", "ENOTSUPP")
    assert mention("Returns -EPROBE_DEFER.", ("EINVAL",)) is Mention.OTHERS


def test_a_list_behind_a_member_belongs_to_it_though_kernel_doc_has_a_section_there() -> None:
    text = (
        b"/**\n * struct ops - all\n * @attach: it\n *  Return:\n * * EINVAL - no\n * @last: x\n */"
    )
    found = comment_of_struct(text, "ops")
    assert found is not None
    section = found.section("@attach")
    assert section is not None
    assert "EINVAL" in found.around(section)
    assert "@last" not in found.around(section)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"int a; /* x */ int b;", b"int a; /* x */ /* y */ int c;"),
        (b"int a;", b"int a; int b;"),
        (b"#define A 1 /* x */\n", b"#define A 1 /* y */\n"),
        (b"/* x */ int a;", b"/* x */ y */ int a;"),
        (b"ab", b"a/* x */b"),
    ],
)
def test_more_than_comments(before: bytes, after: bytes) -> None:
    assert not same_but_comments(before, after)
    with pytest.raises(ProofError, match="more than comments would change"):
        prove_comments("a.c", before, after)


def test_only_comments() -> None:
    before, after = b"/* x */ int a; // y\n", b"int\n/** z */ a;\n"
    assert same_but_comments(before, after)
    prove_comments("a.c", before, after)
    head = b"#ifdef __ASSEMBLY__\n"
    assert not same_but_comments(head + b"nop\nret\n", head + b"nop ret\n")
