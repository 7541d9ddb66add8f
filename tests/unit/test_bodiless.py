# SPDX-License-Identifier: GPL-2.0-only
"""What is said of a function of the driver's own that no file defines."""

from __future__ import annotations

import pytest

import analysis_fixtures
from errno_gen.analysis.c.treesource import Library
from errno_gen.analysis.kernel.behaviours import Behaviours
from errno_gen.model import Cause
from treetexts import TreeTexts

_DRIVER = """\
#include <linux/iommu.h>
#include "fixture.h"

void *new_table(struct my_iommu *iommu);

static void *table_of(struct my_iommu *iommu)
{
	return iommu->broken ? NULL : new_table(iommu);
}

static int my_attach(struct iommu_domain *domain, struct device *dev)
{
	struct my_master *master = dev_iommu_priv_get(dev);
	void *table = table_of(master->iommu);

	if (!table)
		return -ENODEV;
	return 0;
}

static const struct iommu_domain_ops my_ops = { .attach_dev = my_attach };
"""


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        ("", Cause.UNKNOWN),
        ("void *new_table(struct my_iommu *iommu) { return iommu->dev; }\n", Cause.DEVICE),
    ],
)
def test_nobody_knows_why_it_gives_nothing(body: str, cause: Cause) -> None:
    header = (analysis_fixtures.FOLDER / analysis_fixtures.HEADER).read_text(encoding="utf-8")
    texts = {"driver.c": body + _DRIVER, "fixture.h": header}
    behaviours = Behaviours(Library(TreeTexts({})))
    found = analysis_fixtures.judged(texts, behaviours=behaviours)
    assert [verdict.cause for verdict in found] == [cause]
