# SPDX-License-Identifier: GPL-2.0-only
"""One function as a graph: control flow, dominance, reaching definitions.

Knows statements and variables, no kernel and no other function. Uses :mod:`..text`. Its
door: ``cfg`` (blocks and edges), ``dominance`` (control dependence), ``dataflow`` (which
definitions reach a place, and the keys by which variables and members are named).
"""
