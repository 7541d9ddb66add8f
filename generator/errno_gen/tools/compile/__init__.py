# SPDX-License-Identifier: GPL-2.0-only
"""Objects compiled by kbuild, in folders that are kept.

Knows configurations, make's calls, logs and warnings. Uses :mod:`..containers`,
:mod:`..objects`, :mod:`..kernel` and :mod:`..git`. Its door: ``workshop`` (folders),
``kbuild``, ``replay`` and ``inside`` (calls), ``slots`` (jobs of make), ``buildlog``,
``results``, ``records``, ``warnings``, ``defconfigs``.
"""
