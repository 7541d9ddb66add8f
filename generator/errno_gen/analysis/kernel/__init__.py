# SPDX-License-Identifier: GPL-2.0-only
"""What functions of the tree do: summaries, made on demand and not listed.

Knows any function outside the driver by what its file says. Uses :mod:`..origins`. Its door:
``file_summary`` (what one file says by itself, kept by blob id), ``summaries`` (what may come
out of a function, with witnesses), ``callee_errnos`` (what a callee's code can be once it is
handed on), ``forwarders`` (functions that return what the callback returned),
``known_errnos`` (who compares an errno, or expects it).
"""
