# SPDX-License-Identifier: GPL-2.0-only
"""Mails: patches, trailers, recipients, what checkpatch says of them, b4.

Knows messages as bytes and who gets them. Uses :mod:`..git` and :mod:`..kernel`. Its door:
``message``, ``trailers``, ``formatpatch``, ``maintainers``, ``checkpatch``, ``b4``,
``outfolder`` (a folder of files that appears whole).
"""
