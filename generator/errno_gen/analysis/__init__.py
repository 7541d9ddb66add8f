# SPDX-License-Identifier: GPL-2.0-only
"""Pure analysis: bytes and a policy's roles go in, verdicts come out."""
