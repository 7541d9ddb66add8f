# SPDX-License-Identifier: GPL-2.0-only
"""A kernel tree at one commit: drivers, Kbuild objects, symbols, scripts, MAINTAINERS.

Knows what the tree's own files say of themselves. Uses :mod:`..git`. Its door: ``tree``;
``makefile`` and ``dotconfig`` (what is built when), ``entries`` (whose a file is),
``subjects`` (prefixes), ``symbols`` (where a name may be defined), ``scripts``.
"""
