# SPDX-License-Identifier: GPL-2.0-only
"""Macros of headers outside the driver that make the function return that uses them."""

from __future__ import annotations

import pytest

import analysis_fixtures
from errno_gen.analysis.c.treesource import Library
from errno_gen.analysis.kernel.behaviours import Behaviours
from errno_gen.model import UNKNOWN_ERRNO, Cause
from treetexts import TreeTexts

_MACROS = """\
#define RETURN_IF(c, e) do { if (c) return (e); } while (0)
#define GOTO_IF(c, e, l) do { if (c) { ret = (e); goto l; } } while (0)
#define INDIRECT(c, e) RETURN_IF(c, e)
#define TOLD(c, e) do { if (c) log_it(e); } while (0)
#define WAITED(c, e) ({ int r = 0; if (c) goto end; r = wait_it(e); end: r; })
"""
_DRIVER = """\
#include <linux/iommu.h>
#include "fixture.h"

static int my_attach(struct iommu_domain *domain, struct device *dev)
{
	int ret = 0;

	%s;
out:
	return ret;
}

static const struct iommu_domain_ops my_ops = { .attach_dev = my_attach };
"""


@pytest.mark.parametrize(
    ("use", "leaves"),
    [
        ("RETURN_IF(!dev, -EINVAL)", True),
        ("GOTO_IF(!dev, -EINVAL, out)", True),
        ("INDIRECT(!dev, -EINVAL)", True),
        ("RETURN_IF(!dev, 0)", False),
        ("TOLD(!dev, -EINVAL)", False),
        ("WAITED(!dev, -EINVAL)", False),
        ("elsewhere(!dev, -EINVAL)", False),
    ],
)
def test_what_they_are_given_is_not_lost(use: str, leaves: bool) -> None:
    header = (analysis_fixtures.FOLDER / analysis_fixtures.HEADER).read_text(encoding="utf-8")
    texts = {"driver.c": _DRIVER % use, "fixture.h": header}
    behaviours = Behaviours(Library(TreeTexts({"include/linux/leave.h": _MACROS})))
    found = analysis_fixtures.judged(texts, behaviours=behaviours)
    unknown = [(Cause.UNKNOWN, UNKNOWN_ERRNO, "opaque")] if leaves else []
    assert [(each.cause, each.site.errno, each.site.form) for each in found] == unknown
