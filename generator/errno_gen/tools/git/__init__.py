# SPDX-License-Identifier: GPL-2.0-only
"""git: repositories read and written through GitPython and plumbing commands.

Knows objects, refs, history, and what was noted below the git directory of branches and
commits. Uses ``process``, ``state`` and ``lock``. Its door: ``repository``; ``gitobjects``
and ``githistory`` for values, ``gitenv`` for the environments in which git runs,
``gitbundle``, ``rangediff``, ``textdiff``, ``textmerge``, ``branches``, ``claims``.
"""
