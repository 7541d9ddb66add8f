# SPDX-License-Identifier: GPL-2.0-only
"""The step document: the policy's rules in the kernel's own documentation."""

from __future__ import annotations

from collections.abc import Sequence

from errno_gen.model import Documented, DriverPatch
from errno_gen.pipeline.requests import Kernel, Options
from errno_gen.policy import Policy
from errno_gen.stages.knowledge import Knowledge
from errno_gen.stages.rules import apart_from, document


def documented(
    kernel: Kernel, policy: Policy, options: Options, patches: Sequence[DriverPatch]
) -> Documented:
    """What the documentation gets where no patch of a driver changes the same file."""
    found = document(kernel.tree, policy, Knowledge(kernel.tree, options.cache).files_with)
    return apart_from(found, {one.path for patch in patches for one in patch.changes})
