# SPDX-License-Identifier: GPL-2.0-only
"""Every value that crosses a stage, and its JSON.

``Callback -> Site -> Verdict -> Edit -> DriverPatch -> Commit -> BuildResult``.
All values are frozen; sequences are tuples; lines count from 1, columns and
byte offsets from 0, as tree-sitter counts them (Coccinelle's columns agree).
"""

from errno_gen.model.builds import BuildResult, FunctionChange, ObjectChange, Status
from errno_gen.model.patches import (
    Commit,
    DriverPatch,
    Edit,
    FileChange,
    Inexpressible,
    SemanticPatch,
)
from errno_gen.model.values import from_json, to_json, with_changes
from errno_gen.model.verdicts import (
    UNKNOWN_ERRNO,
    Action,
    Callback,
    Cause,
    Conversion,
    Driver,
    Failure,
    Guard,
    Location,
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
    "UNKNOWN_ERRNO",
    "Action",
    "BuildResult",
    "Callback",
    "Cause",
    "Commit",
    "Conversion",
    "Driver",
    "DriverPatch",
    "Edit",
    "Failure",
    "FileChange",
    "FunctionChange",
    "Guard",
    "Inexpressible",
    "Location",
    "ObjectChange",
    "Place",
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
