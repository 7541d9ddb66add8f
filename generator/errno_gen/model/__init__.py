# SPDX-License-Identifier: GPL-2.0-only
"""Every value that crosses a stage, and its JSON.

``Callback -> Site -> Verdict -> Edit -> DriverPatch -> Commit -> BuildResult``.
All values are frozen; sequences are tuples; lines count from 1, columns and
byte offsets from 0, as tree-sitter counts them (Coccinelle's columns agree).
"""

from errno_gen.model.builds import BuildResult, FunctionChange, ObjectChange, Status
from errno_gen.model.patches import (
    Commit,
    Division,
    Documented,
    DriverPatch,
    Edit,
    FileChange,
    Group,
    Inexpressible,
    Portion,
    SemanticPatch,
)
from errno_gen.model.values import from_json, to_json, with_changes
from errno_gen.model.verdicts import (
    SUCCESS,
    TO_CHANGE,
    UNKNOWN_ERRNO,
    Action,
    Callback,
    Cause,
    Conversion,
    Driver,
    Failure,
    Guard,
    Location,
    Mention,
    Place,
    Scan,
    Site,
    SourceFile,
    Split,
    StaleDecision,
    Step,
    Tree,
    Verdict,
)

__all__ = [
    "SUCCESS",
    "TO_CHANGE",
    "UNKNOWN_ERRNO",
    "Action",
    "BuildResult",
    "Callback",
    "Cause",
    "Commit",
    "Conversion",
    "Division",
    "Documented",
    "Driver",
    "DriverPatch",
    "Edit",
    "Failure",
    "FileChange",
    "FunctionChange",
    "Group",
    "Guard",
    "Inexpressible",
    "Location",
    "Mention",
    "ObjectChange",
    "Place",
    "Portion",
    "Scan",
    "SemanticPatch",
    "Site",
    "SourceFile",
    "Split",
    "StaleDecision",
    "Status",
    "Step",
    "Tree",
    "Verdict",
    "from_json",
    "to_json",
    "with_changes",
]
