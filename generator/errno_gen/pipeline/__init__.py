# SPDX-License-Identifier: GPL-2.0-only
"""The steps over all drivers of a tree: scan, rewrite, document, commit, remember.

Drivers are worked on in parallel. One that a step cannot handle becomes a Failure and the
others go on; an error of any other kind is a bug, or the machine's, and stops all. Uses the
stages. Its door: ``requests`` (what a run is asked for, and what comes of it), ``order`` (the
steps one after the other), ``scans`` (the first alone). The other modules are a step each:
``rewrites`` (with ``semantic``, the same as semantic patches), ``documentation``, ``commits``,
``memory``.

This file imports nothing, so that a scan does not wait for what commits and series need: with
``order`` the start of ``scan`` would take 0.7 instead of 0.5 seconds (``python -X importtime``).
No import inside a function is needed for that.
"""
