# SPDX-License-Identifier: GPL-2.0-only
"""C as the rest of the analysis sees it: functions, macros, types, a driver's whole source.

Knows which body a call reaches and what a declaration says; nothing of errnos, domains or
devices. Uses the rooms ``text`` and ``graph`` inside it. Its door: ``program`` (the index of
a driver), ``treesource`` (definitions of the tree) with ``excerpts`` (cut out of its text),
``functions``, ``macros``, ``expansions`` (of macros that leave), ``pointers`` (whom a pointer to a
function may reach),
``stores`` (what is written through a pointer), ``unparsed`` (where the grammar got lost) and
``versions`` (which functions two versions of a file have in common).
"""
