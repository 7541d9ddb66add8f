# SPDX-License-Identifier: GPL-2.0-only
"""A kernel tree at one commit: drivers, Kbuild objects, symbols, scripts.

Knows what the tree's own files say of themselves. Uses :mod:`..git`. Its door: ``tree``;
``makefile``, ``objects`` and ``dotconfig`` (what is built when), ``folder``, ``links`` and
``names`` (what is one driver, and what it is called), ``subjects`` (prefixes), ``symbols``
(where a name may be defined), ``scripts``.
"""
