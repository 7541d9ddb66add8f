# SPDX-License-Identifier: GPL-2.0-only
"""The same edits as a semantic patch that a person can read.

Knows SmPL's text; decides nothing. Uses :mod:`..edits`. Its door: ``patch``; ``rows`` and
``text`` are its lines.
"""
