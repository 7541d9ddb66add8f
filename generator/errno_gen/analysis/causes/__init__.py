# SPDX-License-Identifier: GPL-2.0-only
"""Why an errno leaves: evidence, rules, and what they say together.

Knows what conditions tell of domain and device; no policy and no bytes to change. Uses
:mod:`..flow`, :mod:`..kernel` and :mod:`..places`. Its door: ``facts`` (of a guard),
``grounds`` (the evidence about an arrival), ``rules`` (one small function each, in order),
``judge`` (the cause of one arrival), ``serving`` (how it could be served), ``uncovered`` (what
a swallowed code hid), ``findings`` (what arrivals say together), ``halves`` (of a joined
condition), ``verdicts``, ``kernel_calls`` (errnos of kernel functions), ``refusals``
(success where nothing was attached), ``missing``.
"""
