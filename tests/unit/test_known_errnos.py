# SPDX-License-Identifier: GPL-2.0-only
"""Who else knows the errno of a site: callers, modules, selftests."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import pytest

from errno_gen.analysis.kernel.known_errnos import KnownErrnos
from errno_gen.model import Action, Driver, Mention, SourceFile, Step, Verdict
from errno_gen.policy import load_policy
from verdicts import find, function, verdict

HEADER = """\
struct iommu_domain_ops { int (*attach_dev)(struct iommu_domain *domain, struct device *dev); };
struct iommu_domain { const struct iommu_domain_ops *ops; };
"""
CORE = """\
static int attach_one(struct iommu_domain *domain, struct device *dev)
{
	return domain->ops->attach_dev(domain, dev);
}
int core_attach(struct iommu_domain *domain, struct device *dev)
{
	return for_each_device(domain, attach_one);
}
EXPORT_SYMBOL_GPL(core_attach);
"""
OTHER = """\
int other(struct generic_pm_domain *pm, struct device *dev)
{
	int ret = pm->attach_dev(pm, dev);
	return ret == -EBUSY ? 0 : ret;
}
"""
USER = """\
static void *try_one(struct iommu_domain *domain, struct device *dev)
{
	int rc = core_attach(domain, dev);
	if (rc)
		return ERR_PTR(rc);
	return NULL;
}
static int find_one(try_fn fn)
{
	void *left = (*fn)(domain, dev);
	int rc = unrelated(dev);
	if (rc == -EIO)
		return rc;
	if (PTR_ERR(left) == -EINVAL)
		return 1;
	return 0;
}
int user(void)
{
	return find_one(&try_one);
}
"""
SELFTEST = "\tEXPECT_ERRNO(EBUSY, attach(1));\n\t/* ENODEV is nothing to expect */\n"
TREE = {
    "include/linux/iommu.h": HEADER,
    "drivers/core.c": CORE,
    "drivers/other.c": OTHER,
    "drivers/user.c": USER,
    "tools/testing/selftests/mock/config": "CONFIG_MOCK=y\n",
    "tools/testing/selftests/mock/mock.c": SELFTEST,
    "tools/testing/selftests/else/config": "CONFIG_ELSE=y\n",
}


@dataclass
class Tree:
    """A tree of a few texts."""

    texts: dict[str, str]

    def files_with(self, words: Sequence[str]) -> tuple[str, ...]:
        return tuple(sorted(p for p, text in self.texts.items() if all(w in text for w in words)))

    def calling(self, names: Sequence[str]) -> tuple[str, ...]:
        pattern = re.compile(rf"\b({'|'.join(names)})[(,)]")
        return tuple(sorted(path for path, text in self.texts.items() if pattern.search(text)))

    def kept(self, question: str, answer: Callable[[], Iterable[str]]) -> tuple[str, ...]:
        return tuple(answer())

    def sources(self, paths: Iterable[str]) -> tuple[SourceFile, ...]:
        return tuple(SourceFile(p, "", self.texts[p].encode()) for p in paths if p in self.texts)

    def below(self, folder: str) -> tuple[str, ...]:
        return tuple(path for path in self.texts if path.startswith(folder))


def site(errno: str) -> Verdict:
    return verdict(find(function(f"return -{errno};"), f"-{errno}"), errno, None)


def mentions(errno: str, symbol: str = "", tree: dict[str, str] | None = None) -> list[Mention]:
    known = KnownErrnos(Tree(TREE if tree is None else tree))
    driver = Driver("example", "", symbol, ())
    (told,) = known.told([site(errno)], driver, (), load_policy("einval").roles)
    return list(told.mentions)


def test_a_caller_of_the_callback_that_compares_is_found_one_file_up() -> None:
    (found,) = mentions("EINVAL")
    assert found.kind == "core"
    assert found.text == (
        "`find_one()` compares what attach_dev returned with EINVAL (drivers/user.c:14)."
    )


@pytest.mark.parametrize("errno", ["EBUSY", "EIO", "ENODEV"])
def test_other_values_are_no_errnos_of_the_callback(errno: str) -> None:
    assert mentions(errno) == []


def test_a_switch_and_the_core_itself_compare_as_well() -> None:
    core = CORE.replace(
        "return for_each_device(domain, attach_one);",
        "int ret = for_each_device(domain, attach_one);\n"
        "switch (ret) {\ncase -ENODEV:\n\treturn 0;\n}\nreturn ret;",
    )
    (found,) = mentions("ENODEV", tree={**TREE, "drivers/core.c": core})
    assert "`core_attach()` compares" in found.text


def test_a_selftest_of_the_driver_expects_an_errno() -> None:
    (found,) = mentions("EBUSY", "CONFIG_MOCK")
    assert found == Mention(
        "selftest",
        "A selftest of the tree expects EBUSY (tools/testing/selftests/mock/mock.c:1).",
    )
    assert mentions("EBUSY", "CONFIG_ELSE") == mentions("ENODEV", "CONFIG_MOCK") == []


@pytest.mark.parametrize(("errno", "kinds"), [("EBUSY", ["module", "export"]), ("EIO", ["export"])])
def test_an_exported_function_is_known_to_its_callers(errno: str, kinds: list[str]) -> None:
    user = "int use(void)\n{\n\tint r = shared();\n\n\treturn r == -EBUSY ? 0 : r;\n}\n"
    own = SourceFile("drivers/own.c", "", b"int shared(void)\n{\n}\nEXPORT_SYMBOL(shared);\n")
    known = KnownErrnos(Tree({"drivers/use.c": user, "drivers/own.c": own.text.decode()}))
    steps = (Step("attach", "drivers/own.c", 1), Step("shared", "drivers/own.c", 1))
    given = replace(site(errno), chain=steps)
    driver = Driver("own", "", "", ("drivers/own.c",))
    (told,) = known.told([given], driver, (own,), load_policy("einval").roles)
    assert [each.kind for each in told.mentions] == kinds
    assert told.mentions[-1].text == "`shared()` is exported, and called in drivers/use.c."
    assert not told.mentions[-1].harmed


@pytest.mark.parametrize(
    ("policy", "kind", "errno", "action"),
    [
        ("einval", "comment", "EXDEV", Action.REVIEW),
        ("einval", "selftest", "EXDEV", Action.REVIEW),
        ("einval", "module", "EBUSY", Action.REVIEW),
        ("einval", "core", "ENODEV", Action.REWRITE),
        ("emediumtype", "core", "EINVAL", Action.REVIEW),
        ("emediumtype", "core", "EMEDIUMTYPE", Action.KEEP),
        ("einval", "comment", "EINVAL", Action.KEEP),
    ],
)
def test_who_would_be_wrong_is_asked_first(
    policy: str, kind: str, errno: str, action: Action
) -> None:
    given = replace(site(errno), action=Action.KEEP, mentions=(Mention(kind, "Somebody knows."),))
    decided = load_policy(policy).decide(given)
    assert decided.action is action
    assert ("Somebody knows." in decided.because) is (action is Action.REVIEW)
    settled = load_policy(policy).decide(replace(given, decision="So."))
    assert settled.action is not Action.REVIEW
    harmless = replace(given, mentions=(Mention("export", "Somebody calls.", harmed=False),))
    assert load_policy(policy).decide(harmless).action is not Action.REVIEW
