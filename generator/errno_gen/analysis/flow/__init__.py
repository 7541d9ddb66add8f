# SPDX-License-Identifier: GPL-2.0-only
"""What leaves a function, and under which conditions.

Knows sites, ways out, guards, kinds of values, callers and ops tables; does not know what
an expression is computed from, and passes no judgement. Uses :mod:`..c`. Its door:
``sources`` and ``sites`` (what can leave), ``leaves`` (the values that an expression can be),
``constants`` (errnos in a constant table), ``escape`` (ways out), ``guards``, ``kinds``,
``opaque``, ``numbers`` (errnos written so), ``quiet``, ``tables`` (ops tables), ``callers``.
"""
