# SPDX-License-Identifier: GPL-2.0-only
"""Why an errno leaves: evidence, and what all of it says together.

Knows chains of guards and what becomes of their rules' answers; no policy and no bytes to
change. Uses :mod:`..rules` and below. Its door: ``grounds`` (the evidence about an arrival),
``judge`` (the cause of one arrival), ``findings`` (what arrivals say together), ``halves`` (of
a joined condition), ``verdicts``, ``serving`` (how it could be served), ``uncovered`` (what
a swallowed code hid), ``kernel_calls`` (errnos of kernel functions), ``refusals``
(success where nothing was attached), ``loudness`` (what can be made of messages), ``missing``.
"""
