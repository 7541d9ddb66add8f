# SPDX-License-Identifier: GPL-2.0-only
"""Series at the edges: prefixes of a history, twelve sites in a driver, odd names."""

from __future__ import annotations

import email
import email.policy
from pathlib import Path

import pytest

import minikernel
import seriesrepo
from commandline import errno_gen, git
from gitrepo import GitRepo
from seriesrepo import BRANCH, am, body, mails, series, trees

INTEL, SMMU, OMAP = (
    "drivers/iommu/intel/iommu.c",
    "drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c",
    "drivers/iommu/omap-iommu.c",
)
HISTORY = (
    (INTEL, "iommu/vt-d: Remove unused variables"),
    (SMMU, "iommu/arm-smmu-v3: Fix event handling"),
    (OMAP, "iommu/omap: Fix a NULL dereference"),
)


def files() -> dict[str, str]:
    """The small kernel with three drivers more, in folders of their own or not."""
    found = dict(seriesrepo.FILES)
    beta = found["drivers/iommu/beta-iommu.c"]
    for path, name in ((INTEL, "intel"), (SMMU, "arm_smmu"), (OMAP, "omap")):
        found[path] = beta.replace("beta", name)
    found["drivers/iommu/Makefile"] += "obj-y += intel/ arm/ omap-iommu.o\n"
    found["drivers/iommu/intel/Makefile"] = "obj-$(CONFIG_INTEL_IOMMU) += iommu.o\n"
    found["drivers/iommu/arm/Makefile"] = "obj-y += arm-smmu-v3/\n"
    found["drivers/iommu/arm/arm-smmu-v3/Makefile"] = "obj-$(CONFIG_SMMU) += arm-smmu-v3.o\n"
    return found


def applied(repo: GitRepo, *paths: str) -> list[str]:
    """The subjects of the commits of apply that change some files."""
    outcome = errno_gen("apply", "--tree", repo.path, "-s")
    assert outcome.code == 0, outcome.err
    return [
        repo.git("log", "--format=%s", f"master..{BRANCH}", "--", path).split(": ")[0]
        for path in paths
    ]


def test_prefixes_of_a_history(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "linux")
    repo.commit(files(), "Linux")
    for path, subject in HISTORY:
        text = (repo.path / path).read_text(encoding="utf-8")
        repo.commit({path: f"{text}\n/* {subject} */\n"}, subject)
    found = applied(repo, INTEL, SMMU, OMAP)
    assert found == ["iommu/vt-d", "iommu/arm-smmu-v3", "iommu/omap"]


def test_prefixes_without_a_history(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "linux")
    repo.commit(files(), "Linux")
    found = applied(repo, INTEL, SMMU, OMAP)
    assert found == ["iommu/intel", "iommu/arm-smmu-v3", "iommu/omap"]


def _twelve() -> str:
    checks = "".join(
        f"""
\tif (domain->cfg{n} != iommu->cfg{n}) {{
\t\tdev_err(dev, "cfg{n} does not fit\\n");
\t\treturn -{("EBUSY", "ENXIO", "EPERM", "EFAULT")[n % 4]};
\t}}
"""
        for n in range(12)
    )
    domain = "static struct beta_domain *to_beta_domain("
    head, rest = minikernel.FILES["drivers/iommu/beta-iommu.c"].split(domain)
    convert = rest[: rest.index("static int beta_domain_join")]
    return (
        f"{head}{domain}{convert}"
        "static int beta_iommu_attach_dev(struct iommu_domain *d, struct device *dev)\n{\n"
        "\tstruct beta_domain *domain = to_beta_domain(d);\n"
        f"\tstruct beta_iommu *iommu = dev_iommu_priv_get(dev);\n{checks}\n\treturn 0;\n}}\n\n"
        "static const struct iommu_domain_ops beta_domain_ops = {\n"
        "\t.attach_dev = beta_iommu_attach_dev,\n};\n"
    )


def test_twelve_sites_in_one_driver_and_one_in_another(tmp_path: Path) -> None:
    repo = seriesrepo.kernel(
        tmp_path / "linux", {**seriesrepo.FILES, "drivers/iommu/beta-iommu.c": _twelve()}
    )
    assert series(repo, tmp_path / "v1").code == 0
    cover, _, twelve, one = mails(tmp_path / "v1")
    lines = body(cover).splitlines()
    assert "  2  beta       12  EBUSY, ENXIO, EPERM and EFAULT to EINVAL (12 times), 12" in lines
    assert "  3  gamma       1  EOPNOTSUPP to EINVAL, a message goes" in lines
    told = " ".join(body(twelve).split("\n---\n")[0].split())
    assert all(f"`domain->cfg{n}`" in told for n in range(12))
    assert all(len(line) <= 75 for line in body(twelve).split("\n---\n")[0].splitlines())
    assert body(twelve).count("\n+\t\treturn -EINVAL;") == 12
    assert body(one).count("\n+\t\treturn -EINVAL;") == 1
    patches = sorted((tmp_path / "v1").glob("*.patch"))[1:]
    assert am(repo, tmp_path / "fresh", patches) == trees(repo.path, f"master..{BRANCH}")


def test_a_commit_of_somebody_else_does_not_go_without_a_word(tmp_path: Path) -> None:
    repo = seriesrepo.kernel(tmp_path / "linux")
    tip = repo.git("rev-parse", BRANCH)
    tree = repo.git("rev-parse", f"{BRANCH}^{{tree}}")
    own = repo.git("commit-tree", "-p", tip, "-m", "iommu/delta: My own", tree)
    repo.git("update-ref", f"refs/heads/{BRANCH}", own)
    outcome = errno_gen("apply", "--tree", repo.path, "-s", "--force")
    assert outcome.code == 0
    assert f"the former branch had {own[:12]} (iommu/delta: My own)" in outcome.err
    assert "the former branch" not in errno_gen("apply", "--tree", repo.path, "--force").err


@pytest.mark.parametrize("name", ["Łukasz J. Ørsted, Jr", "山田 太郎", "Zoë (B. B.) O'Neil"])
def test_names_are_those_of_the_author_everywhere(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{kind}_NAME", name)
    repo = seriesrepo.kernel(tmp_path / "linux")
    assert series(repo, tmp_path / "v1", "--cc", f'"{name}" <other@example.org>').code == 0
    for path in sorted((tmp_path / "v1").iterdir()):
        raw = path.read_bytes()
        assert raw.split(b"\n\n")[0].isascii()
        mail = email.message_from_bytes(raw, policy=email.policy.default)
        assert [one.display_name for one in mail["From"].addresses] == [name]
        assert name in [one.display_name for one in mail["Cc"].addresses]
    patch = mails(tmp_path / "v1")[1]
    assert f"\nSigned-off-by: {name} <carl@example.com>\n" in body(patch)
    files = sorted((tmp_path / "v1").glob("*.patch"))[1:]
    am(repo, tmp_path / "fresh", files)
    shown = git(tmp_path / "fresh", "log", "-1", "--format=%an|%(trailers:key=Signed-off-by)")
    assert shown.strip() == f"{name}|Signed-off-by: {name} <carl@example.com>"
