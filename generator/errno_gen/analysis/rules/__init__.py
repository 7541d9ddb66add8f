# SPDX-License-Identifier: GPL-2.0-only
"""The cause rules: what they see of a condition, and what each says.

Knows what a condition tells of domain and device; no chain, no policy. Uses :mod:`..origins`,
:mod:`..kernel` and :mod:`..places`. Its door: ``facts`` (of a condition) and ``fact_finder``, which
asks ``fixed`` (of constants alone), ``slots`` and ``searches`` (of the driver's own loops for
what is free), ``held`` (of what is taken), ``untouched`` (of what a fresh domain is like),
``identity`` (of a domain that is compared) and ``answers`` (what makes a helper give one);
``cases`` (what a rule gets and says), ``rules`` (their order), ``callees`` and ``states`` (one
small function a rule), ``gates`` (enclosing conditions on the domain).
"""
