# SPDX-License-Identifier: GPL-2.0-only
"""Who compiles: jobs on this machine or on the workers of a cluster, and what they proved.

Knows units of work and their results. Uses :mod:`..compile`. Its door: ``jobs``,
``cluster`` and ``away`` (what is called on a worker), ``ledger``, ``builds``.
"""
