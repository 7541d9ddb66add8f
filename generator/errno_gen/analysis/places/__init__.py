# SPDX-License-Identifier: GPL-2.0-only
"""Where in the source an errno can be set, divided, converted or logged.

Knows statements that could carry an errno of their own; neither causes nor policies. Uses
:mod:`..origins`. Its door: ``splits`` (a way out apart from its constant), ``division`` (an if
between the halves of its condition), ``variables`` (that can hold an errno), ``conversion``
(the errno of a kernel function), ``messages`` (what is logged in the arm of a way out).
"""
