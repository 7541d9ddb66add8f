# SPDX-License-Identifier: GPL-2.0-only
"""What leaves a function, under which conditions, and what these are computed from.

Knows sites, ways out, guards, origins, kinds of values, callers and the attach path; passes
no judgement. Uses :mod:`..c`. Its door: ``sources`` and ``sites`` (what can leave), ``escape``
(ways out), ``guards``, ``roots`` and ``origins``, ``occupancy`` (signs that something is
occupied), ``kinds``, ``opaque``, ``numbers`` (errnos written so), ``quiet``, ``tables`` (ops
tables), ``callers``, ``index`` (a driver's program with sources, origins and kinds), ``path``
(with the arrivals on it).
"""
