# SPDX-License-Identifier: GPL-2.0-only
"""Kernel-doc: found in a text, cut into sections, extended.

Knows comments alone. Uses :mod:`..c.text`. Its door: ``kerneldoc`` and ``insertion``.
"""
