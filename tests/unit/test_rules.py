# SPDX-License-Identifier: GPL-2.0-only
"""The commit that documents the rules, through the command line, on the small kernel."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import corekernel
import seriesrepo
from commandline import errno_gen, git, own, repository, state
from errno_gen.analysis.c.text.sameness import same_but_comments
from gitrepo import GitRepo
from seriesrepo import BRANCH, CHECKPATCH, GET_MAINTAINER, MAINTAINERS

HEADER, CORE = "include/linux/iommu.h", "drivers/iommu/iommu.c"
SUBJECT = "iommu: Document the errnos of attach_dev"
WITH_SCRIPTS = {
    **corekernel.FILES,
    "MAINTAINERS": MAINTAINERS,
    "scripts/get_maintainer.pl": GET_MAINTAINER,
    "scripts/checkpatch.pl": CHECKPATCH,
}


@pytest.fixture
def kernel(tmp_path: Path) -> Path:
    return repository(tmp_path / "linux", corekernel.FILES)


def subjects(repo: Path, branch: str = BRANCH) -> list[str]:
    return git(repo, "log", "--reverse", "--format=%s", f"master..{branch}").splitlines()


def changed(folder: Path, path: str, *pairs: tuple[str, str]) -> Path:
    """A repository in which one file of the kernel has other text."""
    text = corekernel.FILES[path]
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return repository(folder, {**corekernel.FILES, path: text})


def test_the_rules_come_first_and_change_comments_only(kernel: Path) -> None:
    before = own(kernel)
    outcome = errno_gen("apply", "--tree", kernel)
    assert outcome.code == 0
    assert "rules:" not in outcome.out
    assert own(kernel) == before
    assert subjects(kernel)[0] == SUBJECT
    assert len(subjects(kernel)) == 4
    first = git(kernel, "rev-list", "--reverse", f"master..{BRANCH}").split()[0]
    files = git(kernel, "diff-tree", "-r", "--name-only", "--no-commit-id", first).split()
    assert files == [CORE, HEADER]
    for path in files:
        old, new = (git(kernel, "show", f"{at}:{path}") for at in ("master", first))
        assert same_but_comments(old.encode(), new.encode())


def test_a_comment_that_shows_the_struct_defines_nothing(tmp_path: Path) -> None:
    shown = "/*\n * struct iommu_domain_ops {\n *\tattach_dev;\n * };\n */\n"
    files = {**corekernel.FILES, "include/linux/aaa.h": shown}
    kernel = repository(tmp_path / "linux", files)
    outcome = errno_gen("apply", "--tree", kernel)
    assert outcome.code == 0, outcome.err
    assert subjects(kernel)[0] == SUBJECT


def test_a_second_apply_on_top_has_nothing_to_do(kernel: Path) -> None:
    errno_gen("apply", "--tree", kernel)
    before = state(kernel)
    outcome = errno_gen("apply", "--tree", kernel, "--rev", BRANCH, "--branch", "again")
    assert outcome.code == 0
    assert outcome.out.splitlines() == [
        f"rules: {CORE}:12: iommu_attach_device() says already what EINVAL is for",
        f"rules: {CORE}:55: iommu_attach_group() says already what EINVAL is for",
        f"rules: {HEADER}:10: attach_dev of struct iommu_domain_ops says already what EINVAL is "
        "for",
        f"nothing to change: {BRANCH} obeys the policy einval; no branch was made",
    ]
    assert state(kernel) == before


def test_a_branch_may_have_the_rules_alone(tmp_path: Path) -> None:
    obeying = {
        path: text
        for path, text in corekernel.FILES.items()
        if not any(name in path for name in ("alpha", "beta", "gamma"))
    }
    kernel = repository(tmp_path / "linux", obeying)
    outcome = errno_gen("apply", "--tree", kernel)
    assert outcome.code == 0
    assert subjects(kernel) == [SUBJECT]
    assert (
        "nothing to change: HEAD obeys the policy einval; the one commit documents the rules\n"
        in outcome.out
    )
    # And no engine is needed to see that it compiles as before.
    built = errno_gen("build", "--tree", kernel)
    assert (built.code, built.err) == (0, "")
    assert "PASS    comments only PASS" in built.out


@pytest.mark.parametrize(
    ("options", "first"),
    [
        (("--no-rules",), "iommu/alpha"),
        (("--driver", "alpha"), "iommu/alpha"),
        (("--driver", "alpha", "--rules"), "iommu"),
        (("--rules",), "iommu"),
    ],
)
def test_whether_there_are_rules(kernel: Path, options: tuple[str, ...], first: str) -> None:
    assert errno_gen("apply", "--tree", kernel, *options).code == 0
    assert subjects(kernel)[0].partition(":")[0] == first


def test_a_dry_run_shows_them(kernel: Path) -> None:
    before = state(kernel)
    outcome = errno_gen("apply", "--tree", kernel, "--dry-run")
    assert (outcome.code, outcome.err) == (0, "")
    assert "+ *              * %-EINVAL - The domain does not fit" in outcome.out
    assert state(kernel) == before
    plain = errno_gen("apply", "--tree", kernel, "--dry-run", "--no-rules")
    assert HEADER not in plain.out


def test_another_convention_is_left_alone(tmp_path: Path) -> None:
    told = (" * @detach_dev", " *  Return:\n * * EINVAL - no\n * * EBUSY - used\n * @detach_dev")
    kernel = changed(tmp_path / "linux", HEADER, told)
    outcome = errno_gen("apply", "--tree", kernel, "--policy", "emediumtype")
    assert outcome.code == 0
    assert (
        f"rules: {HEADER}:10: attach_dev of struct iommu_domain_ops is documented with EINVAL, "
        "EBUSY and not EMEDIUMTYPE: left alone, and so are the functions that hand it on\n"
    ) in outcome.out
    assert SUBJECT not in subjects(kernel, "errno-gen/emediumtype")
    # For the policy that means the same it is documented, and only the functions lack it.
    outcome = errno_gen("apply", "--tree", kernel)
    assert f"rules: {HEADER}:10: attach_dev of struct iommu_domain_ops says already" in outcome.out
    files = git(kernel, "diff", "--name-only", "master", f"{BRANCH}~3").split()
    assert files == [CORE]


@pytest.mark.parametrize(
    ("old", "new", "remark"),
    [
        (
            "/**\n * iommu_attach_group",
            "/*\n * iommu_attach_group",
            "73: iommu_attach_group() has a comment that is no kernel-doc: left alone",
        ),
        (
            " * All of them, or none.",
            " * Return: -EBUSY if one is in use.",
            "64: iommu_attach_group() is documented with EBUSY and not EINVAL: left alone",
        ),
        (
            " * All of them, or none.",
            " * Return:\n * * 0 - good\n * * else - bad",
            "64: iommu_attach_group() has a list of what it returns: left alone",
        ),
        (
            "int iommu_attach_device(struct iommu_domain *domain, struct device *dev)",
            "int iommu_attach_device(struct iommu_domain *domain, struct device *dev, int how)",
            "13: iommu_attach_device() has no kernel-doc, and what its parameter how is is not "
            "known: left alone",
        ),
    ],
)
def test_what_cannot_be_documented_is_named(
    tmp_path: Path, old: str, new: str, remark: str
) -> None:
    kernel = changed(tmp_path / "linux", CORE, (old, new))
    outcome = errno_gen("apply", "--tree", kernel)
    assert outcome.code == 0
    told = [line for line in outcome.out.splitlines() if line.startswith("rules: ")]
    line = remark.partition(":")[2]
    assert [each.split(":", 3)[3] for each in told] == [line]
    assert told[0].startswith(f"rules: {CORE}:")
    assert subjects(kernel)[0] == SUBJECT


def test_the_kernel_doc_may_stand_at_the_declaration(tmp_path: Path) -> None:
    declared = (
        "/**\n * iommu_attach_device - use a domain\n */\n"
        "int iommu_attach_device(struct iommu_domain *domain, struct device *dev);\n\n#endif"
    )
    kernel = changed(tmp_path / "linux", HEADER, ("#endif", declared))
    assert errno_gen("apply", "--tree", kernel).code == 0
    diff = git(kernel, "diff", "-U1", "master", f"{BRANCH}~3", "--", HEADER)
    assert "  * iommu_attach_device - use a domain\n+ *\n+ * Return: 0 on success" in diff
    assert "iommu_attach_device" not in git(kernel, "diff", "-U0", "master", f"{BRANCH}~3", CORE)


def test_a_member_is_documented_in_the_struct_itself(tmp_path: Path) -> None:
    kernel = changed(
        tmp_path / "linux",
        HEADER,
        (" * @attach_dev: make a device use the domain\n", ""),
        ("\tint (*attach_dev)", "\t/** @attach_dev: use it */\n\tint (*attach_dev)"),
    )
    assert errno_gen("apply", "--tree", kernel).code == 0
    diff = git(kernel, "diff", "master", f"{BRANCH}~3", "--", HEADER)
    assert "-\t/** @attach_dev: use it */\n+\t/**\n+\t * @attach_dev: use it\n+\t *\n" in diff
    assert "+\t * * %-EINVAL - The domain does not fit" in diff


def test_a_policy_without_words_leaves_the_documentation(kernel: Path, tmp_path: Path) -> None:
    shown = errno_gen("policy", "show", "einval").out
    policy = tmp_path / "mine.toml"
    shipped = Path(errno_gen.__code__.co_filename).parents[1] / "generator/errno_gen/data/policies"
    text = (shipped / "einval.toml").read_text().partition("[rules]")[0]
    policy.write_text(text.replace('name = "einval"', 'name = "mine"'))
    assert shown
    outcome = errno_gen("apply", "--tree", kernel, "--policy", policy)
    assert outcome.code == 0
    told = "rules: the policy mine has no words for the kernel's documentation\n"
    assert told in outcome.out
    assert SUBJECT not in subjects(kernel, "errno-gen/mine")


def test_a_file_that_a_driver_changes_is_documented_later(tmp_path: Path) -> None:
    # The core is a driver itself here: it has a table, and an errno to be changed.
    driver = """
static int core_attach_dev(struct iommu_domain *domain, struct device *dev)
{
\tif (!dev_iommu_priv_get(dev))
\t\treturn -EINVAL;

\treturn 0;
}

static const struct iommu_domain_ops core_ops = {
\t.attach_dev = core_attach_dev,
};
"""
    text = {CORE: corekernel.FILES[CORE] + driver}
    kernel = repository(tmp_path / "linux", {**corekernel.FILES, **text})
    outcome = errno_gen("apply", "--tree", kernel)
    assert outcome.code == 0, outcome.err
    assert (
        f"rules: {CORE}: changes with a driver, so another apply on top documents the rules\n"
        in outcome.out
    )
    assert SUBJECT not in subjects(kernel)
    again = errno_gen("apply", "--tree", kernel, "--rev", BRANCH, "--branch", "again")
    assert again.code == 0
    assert subjects(kernel, "again")[-1:] == [SUBJECT]


def test_the_prefix_is_that_of_the_history(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "linux")
    repo.commit(corekernel.FILES, "Linux")
    for number in range(2):
        text = corekernel.FILES[CORE] + f"/* {number} */\n"
        repo.commit({CORE: text}, "iommu/core: Say more")
    assert errno_gen("apply", "--tree", repo.path).code == 0
    assert subjects(repo.path)[0] == SUBJECT.replace("iommu:", "iommu/core:")


def test_the_cover_letter_tells_of_another_convention(tmp_path: Path) -> None:
    kernel = repository(tmp_path / "linux", WITH_SCRIPTS)
    assert errno_gen("apply", "--tree", kernel, "-s").code == 0
    top = git(kernel, "rev-parse", BRANCH).strip()
    options = ("--rev", top, "--policy", "emediumtype", "--branch", "other", "-s")
    assert errno_gen("apply", "--tree", kernel, *options).code == 0
    assert errno_gen("series", "--tree", kernel, "-o", tmp_path / "v1", "other").code == 0
    cover = (tmp_path / "v1" / "0000-cover-letter.patch").read_text(encoding="utf-8")
    told = " ".join(cover.split())
    assert "On the documentation: - include/linux/iommu.h:" in told
    assert "is documented with EINVAL, " in told and "and not EMEDIUMTYPE: left alone" in told


def test_the_series_begins_with_them(tmp_path: Path) -> None:
    repo = seriesrepo.kernel(tmp_path / "linux", WITH_SCRIPTS)
    outcome = seriesrepo.series(repo, tmp_path / "v1")
    assert outcome.code == 0, outcome.err
    cover, first, *others = seriesrepo.mails(tmp_path / "v1")
    assert str(first["Subject"]) == f"[PATCH 1/4] {SUBJECT}"
    assert "joerg@example.org" in str(first["To"])
    text = seriesrepo.body(cover)
    assert "keep to that in three drivers" in " ".join(text.split())
    assert "The first patch documents the rules." in " ".join(text.split())
    assert "  1  iommu          Document the errnos of attach_dev\n" in text
    assert len(others) == 3
    assert seriesrepo.am(repo, tmp_path / "am", sorted((tmp_path / "v1").iterdir())[1:]) == (
        seriesrepo.trees(repo.path, f"master..{BRANCH}")
    )
    seriesrepo.applied(repo, "--force", "--no-rules")
    outcome = seriesrepo.series(repo, tmp_path / "v2", "-v", "2")
    assert outcome.code == 0, outcome.err
    text = seriesrepo.body(seriesrepo.mails(tmp_path / "v2")[0])
    assert f"- dropped: {SUBJECT}" in text
    assert "The first patch" not in text


def test_a_series_of_the_rules_alone(tmp_path: Path) -> None:
    files = {
        path: text
        for path, text in WITH_SCRIPTS.items()
        if not any(f"/{name}" in path for name in ("alpha", "beta", "gamma"))
    }
    repo = seriesrepo.kernel(tmp_path / "linux", files)
    outcome = seriesrepo.series(repo, tmp_path / "v1", "--cover-letter")
    assert outcome.code == 0, outcome.err
    cover, patch = seriesrepo.mails(tmp_path / "v1")
    assert str(cover["Subject"]) == f"[PATCH 0/1] {SUBJECT}"
    assert str(patch["Subject"]) == f"[PATCH 1/1] {SUBJECT}"
    assert "This series documents that." in seriesrepo.body(cover)


def test_a_build_tells_how_it_is_proven(kernel: Path, tmp_path: Path) -> None:
    errno_gen("apply", "--tree", kernel)
    first = git(kernel, "rev-list", "--reverse", f"master..{BRANCH}").split()[0]
    file = tmp_path / "build.json"
    junit = tmp_path / "build.xml"
    outcome = errno_gen(
        "build", "--tree", kernel, f"master..{first}", "--json", file, "--junit", junit
    )
    assert outcome.code == 0, outcome.err
    (result,) = json.loads(file.read_text())["results"]
    assert (result["status"], result["objects"], result["architecture"]) == ("PASS", [], "")
    assert result["proof"] == (
        f"only comments and white space change: the code of {CORE} and {HEADER} is the same, "
        "token by token"
    )
    assert 'name="comments only"' in junit.read_text()
