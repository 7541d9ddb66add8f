# SPDX-License-Identifier: GPL-2.0-only
"""From verdicts to bytes: the plan of a rewrite, its layout, its proof.

Knows which bytes change into what, and why something is left alone. Uses :mod:`..places`
and :mod:`..c`. Its door: ``settlement`` (what sites that share source want of it), ``plan``,
``arms``, ``conversions`` and ``removals`` (the edits), ``sources`` (the driver as the plan reads
it), ``cutouts`` (functions for spatch),
``proof`` with ``conversion_proof``, ``division_proof`` and ``variable_proof``.
"""
