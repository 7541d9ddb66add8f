# SPDX-License-Identifier: GPL-2.0-only
"""The expressions that a value can be."""

from __future__ import annotations

from collections.abc import Iterator

from errno_gen.analysis.apis import KernelApis
from errno_gen.analysis.c.text.syntax import Node, call_arguments, call_name, strip


def leaves(node: Node, apis: KernelApis) -> Iterator[tuple[Node, bool]]:
    """The expressions a value can be, with whether it was wrapped by ERR_PTR and kin."""
    pending = [(node, False)]
    while pending:
        current, wrapped = pending.pop()
        current = strip(current, apis.transparent)
        if current.type == "call_expression" and call_name(current) in apis.errno_wrappers:
            pending.extend((a, True) for a in call_arguments(current)[:1])
        elif current.type == "call_expression" and call_name(current) in apis.errno_arguments:
            pending.extend((a, wrapped) for a in call_arguments(current)[1:2])
        elif current.type == "conditional_expression":
            for name in ("alternative", "consequence"):
                arm = current.child_by_field_name(name)
                if arm is not None:
                    pending.append((arm, wrapped))
        elif current.type in ("comma_expression", "assignment_expression"):
            right = current.child_by_field_name("right")
            if right is not None:
                pending.append((right, wrapped))
        else:
            yield current, wrapped
