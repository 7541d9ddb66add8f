# SPDX-License-Identifier: GPL-2.0-only
"""Origins: what an expression is computed from, along each chain of calls.

Knows domain, device, hardware and what became of them on the way to an expression, and
the attach path on which it is asked; passes no judgement. Uses :mod:`..flow`. Its door:
``roots`` (the abstract values), ``origins`` (their evaluation), ``call_origins`` (what calls
give), ``scope`` (what the evaluation asks of the source), ``occupancy`` (signs that something
is occupied), ``hardware`` (structs that domains share), ``lifetimes`` (who gives members their
values, and when), ``index`` (a driver's program with sources, origins and kinds), ``path`` (with
the arrivals on it).
"""
