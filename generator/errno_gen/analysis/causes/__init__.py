# SPDX-License-Identifier: GPL-2.0-only
"""Why an errno leaves: evidence, rules, and what they say together.

Knows what conditions tell of domain and device; no policy and no bytes to change. Uses
:mod:`..flow`, :mod:`..kernel` and :mod:`..places`. Its door: ``evidence`` (facts of a
guard), ``rules`` (one small function each, in order), ``judge`` (one arrival), ``findings``
(what arrivals say together), ``halves`` (of a joined condition), ``serving`` (how a verdict
could be served), ``kernel_calls`` (errnos of kernel functions), ``missing``.
"""
