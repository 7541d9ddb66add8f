# SPDX-License-Identifier: GPL-2.0-only
"""What the analysis says: drivers, callbacks, sites, verdicts, and a whole scan."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

UNKNOWN_ERRNO = "?"
"""The errno of a site where a value leaves that may be any."""

SUCCESS = "0"
"""The errno of a site that returns success though it refuses."""


class Cause(StrEnum):
    """What an errno that leaves a callback means."""

    INCOMPATIBLE = "incompatible"
    DEVICE = "device"
    BUSY = "busy"
    NOMEM = "nomem"
    NOSPC = "nospc"
    SWALLOWED = "swallowed"
    KAPI = "kapi"
    UNKNOWN = "unknown"


class Action(StrEnum):
    """What a policy makes of a verdict."""

    REWRITE = "rewrite"
    DROP_PRINT = "drop-print"
    DEBUG_PRINT = "debug-print"
    KEEP = "keep"
    DISCOURAGED = "discouraged"
    REVIEW = "review"


MESSAGES_ONLY = frozenset((Action.DROP_PRINT, Action.DEBUG_PRINT))
"""The actions that change messages, and no errno."""

TO_CHANGE = frozenset((Action.REWRITE, *MESSAGES_ONLY))
"""The actions that change the source."""


class Fate(StrEnum):
    """What a policy makes of the messages next to an errno."""

    DROP = "drop"
    DEBUG = "debug"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Location:
    """A half-open byte range ``[start, end)`` of a file at the analysed revision."""

    file: str
    line: int
    column: int
    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file at the analysed revision: path from the tree's top, blob id, bytes."""

    path: str
    blob: str
    text: bytes


@dataclass(frozen=True, slots=True)
class Driver:
    """A driver as Kbuild knows it: its C files, headers and configuration symbol.

    ``name`` is short and unique in the tree; ``directory`` holds its Makefile;
    ``symbol`` is the Kconfig symbol with ``CONFIG_`` or "" when built always.
    """

    name: str
    directory: str
    symbol: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Callback:
    """A function that an ops table installs as the policy's member.

    ``fixed_domain`` tells that the table serves static domain objects only, such as a
    blocking or an identity domain.
    """

    driver: str
    function: str
    file: str
    line: int
    member: str
    ops: str
    fixed_domain: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One call on the chain from a callback to a site: who calls, and where."""

    function: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition that a way out is control dependent on, innermost first.

    ``taken`` tells which arm leads to the way out. ``whole`` is the condition that ``text``
    is one half of, "" where it is the whole condition.
    """

    text: str
    taken: bool
    file: str
    line: int
    whole: str = ""

    def __str__(self) -> str:
        return self.text if self.taken else f"!({self.text})"

    def told(self) -> str:
        """The guard as a line of evidence: its truth, its text and where it stands."""
        half = f", one half of {self.whole}" if self.whole else ""
        word = "if" if self.taken else "unless"
        if self.taken and self.text.startswith("switch ("):
            word = "in"
        return f"{word} {self.text}{half} [{self.file}:{self.line}]"


@dataclass(frozen=True, slots=True)
class Site:
    """One errno constant together with one way out.

    ``constant`` spans the errno with its minus sign; ``errno`` is the name without
    it; ``form`` is one of return, assign, preset, initialiser, err-ptr, conditional,
    argument, macro (a name that stands for the errno, used here), macro-body (the errno is
    in the text of a macro), call (the errno is made outside the driver, and ``constant`` spans
    the call that returns it), number (a negative number that stands for the errno), opaque (a
    value that may be any errno, UNKNOWN_ERRNO) and success (SUCCESS; ``constant`` spans the 0,
    or what returns it).
    ``way_out`` is the statement or branch that takes the way out (equal to the constant's
    statement where there is only one), or those halves of a condition joined with ``||`` that
    the site is about.
    """

    function: str
    constant: Location
    errno: str
    form: str
    way_out: Location


@dataclass(frozen=True, slots=True)
class Split:
    """How a way out gets an errno of its own, apart from the constant that is preset for it.

    ``form`` is ``arm`` (``variable`` is set in the arm of the ``if`` at ``branch``),
    ``return`` (the arm's ``return variable;`` gives the errno itself), ``call`` (the call
    that the condition tests is assigned to ``variable`` first), ``fetch`` (so, too, and
    the arm's constant gives way to ``variable``), ``declare`` (as ``fetch``, and ``variable``
    is declared at the head of the function, too), ``take`` (so, too, and the arm no more sets
    ``variable`` to the constant) or ``half`` (the ``if`` becomes one for each
    half of its condition that has a cause of its own, and ``logs`` tells that there is a
    message in its arm). ``taken`` is the truth of the condition for the arm. ``needed`` tells
    that the constant itself cannot be changed instead.
    """

    variable: str
    form: str
    branch: Location
    taken: bool
    needed: bool
    logs: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where the errno of a call is turned into another one, in C of ``function``.

    ``form`` is ``return`` (the name at ``location`` is returned: it becomes a ``?:``),
    ``after`` and ``before`` (an ``if`` goes behind or before the statement there) or ``hold``
    (the statement returns the call: ``variable`` gets its value first).
    """

    function: str
    variable: str
    form: str
    location: Location


@dataclass(frozen=True, slots=True)
class Conversion:
    """How the errno of a call can be converted.

    Without ``places`` it cannot be, and ``problem`` is the sentence that says why. ``doubt``
    is one on why the errno may mean what it says; "" if nothing speaks for that.
    """

    places: tuple[Place, ...]
    problem: str = ""
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody else who knows the errno of a site, in a sentence.

    ``kind`` is comment (of the source), core (who calls the callback asks for it), module (who
    calls an exported function that returns it asks for it), selftest (one of the tree expects
    it) or export (other modules call a function that returns it). ``harmed`` tells that another
    errno would make the comment lie, or the comparison fail.
    """

    kind: str
    text: str
    harmed: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """A site, its cause, the evidence, and what the policy wants.

    ``wanted`` is an errno name, ``"propagate"`` or None; ``propagate`` is the C
    expression that carries the callee's code when ``wanted`` is ``"propagate"``.
    ``prints`` are the message statements in the branch that go when the policy drops them, and
    ``staying`` sentences on those that cannot; ``printers`` are the names of what is called by
    those that can become debug ones, and ``audible`` sentences on those that cannot. Once a policy
    decided, ``messages`` tells what it makes of them, and ``prints`` are the places of that.
    ``split`` tells how the way out can be
    (once all verdicts of the constant are settled: is) served apart from the constant.
    ``because`` are full sentences, most telling first: the changelog prints the same ones.
    ``decision`` is the reason of the decision that was applied; it stands first in
    ``because``. A verdict of
    the form ``call`` is about the errno of a function outside the driver, ``callee``, and
    ``conversion`` tells how that could be converted. ``swallowed`` are the functions whose
    errno the site replaces with its own. ``mentions`` tell who else knows the errno.
    """

    driver: str
    callbacks: tuple[str, ...]
    site: Site
    guard: tuple[Guard, ...]
    origins: tuple[str, ...]
    chain: tuple[Step, ...]
    cause: Cause
    rule: str
    because: tuple[str, ...]
    wanted: str | None = None
    propagate: str | None = None
    action: Action = Action.KEEP
    prints: tuple[Location, ...] = ()
    outside_callers: tuple[str, ...] = ()
    decision: str | None = None
    split: Split | None = None
    callee: str = ""
    conversion: Conversion | None = None
    swallowed: tuple[str, ...] = ()
    mentions: tuple[Mention, ...] = ()
    staying: tuple[str, ...] = ()
    printers: tuple[Location, ...] = ()
    audible: tuple[str, ...] = ()
    messages: Fate = Fate.DROP


@dataclass(frozen=True, slots=True)
class Failure:
    """A driver that a stage could not handle; the others went on."""

    stage: str
    driver: str
    message: str


@dataclass(frozen=True, slots=True)
class StaleDecision:
    """A decision that is about no site: where it stands, and what it looks for.

    ``driver`` is None for any.
    """

    file: str
    line: int
    driver: str | None
    function: str
    errno: str
    guard: str


@dataclass(frozen=True, slots=True)
class Tree:
    """The kernel tree that was read: its version (``6.1.0``) and commit id."""

    version: str
    commit: str


@dataclass(frozen=True, slots=True)
class Scan:
    """What discover and analyse found: the input of every later stage."""

    tree: Tree
    policy: str
    drivers: tuple[Driver, ...]
    callbacks: tuple[Callback, ...]
    verdicts: tuple[Verdict, ...]
    failures: tuple[Failure, ...] = ()
    stale_decisions: tuple[StaleDecision, ...] = ()
