# SPDX-License-Identifier: GPL-2.0-only
"""What is run in an engine, as text for its shell: make, then a look into the objects."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence

_OBJECT, _END = "errno-gen: object ", "errno-gen: end"
_SPLIT = re.compile(rf"^{_OBJECT}(.+)\n", re.MULTILINE)
# "command" keeps the shell alive where the pipe cannot be opened: then make has its own slots.
_SLOTS = """\
cd {build} || exit 125
if test -p {pipe} && {{ command exec 3<>{pipe}; }} 2>/dev/null; then
  MAKEFLAGS=' -j{jobs} --jobserver-auth=3,3' {make}
else
  {make} --jobs={jobs}
fi
"""
_LOOK = """\
code=$?
for object in {objects}; do
  if test -f "$object"; then
    echo "{mark}$object"
    {objdump} --disassemble --disassemble-zeroes --no-show-raw-insn "$object" || :
  fi
done >{listing} && echo '{end}' >>{listing}
exit $code
"""


def make_script(
    build: str,
    make: Sequence[str],
    pipe: str,
    jobs: int,
    *,
    objdump: str = "",
    objects: Sequence[str] = (),
    listing: str = "",
) -> str:
    """Run ``make`` with the slots of ``pipe`` (see slots.py), or with ``jobs`` of its own.

    Its exit code is that of all. Then ``objdump`` writes the code of those of ``objects``
    that are there to the file ``listing``, for :func:`listed`. All this is in the folder
    ``build``, to which paths are relative.
    """
    words = {
        "build": shlex.quote(build),
        "pipe": shlex.quote(pipe),
        "jobs": jobs,
        "make": shlex.join(make),
    }
    script = _SLOTS.format(**words)
    if objects:
        names = {"objects": shlex.join(objects), "objdump": shlex.quote(objdump)}
        marks = {"mark": _OBJECT, "end": _END, "listing": shlex.quote(listing)}
        script += _LOOK.format(**names, **marks)
    return script


def listed(text: str) -> Mapping[str, str] | None:
    """What objdump wrote, by object; None if it did not come to the end (a full disk)."""
    body, end, _ = text.rpartition(f"{_END}\n")
    if not end:
        return None
    parts = _SPLIT.split(body)
    return dict(zip(parts[1::2], parts[2::2], strict=True))
