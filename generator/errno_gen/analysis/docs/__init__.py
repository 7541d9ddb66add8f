# SPDX-License-Identifier: GPL-2.0-only
"""Kernel-doc: found in a text, cut into sections, extended.

Knows comments alone. Uses :mod:`..c`. Its door: ``kerneldoc``, ``insertion`` and ``mentions``
(comments that name the errno of a site).
"""
