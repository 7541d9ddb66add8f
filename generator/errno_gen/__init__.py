# SPDX-License-Identifier: GPL-2.0-only
"""errno-gen: regulate the errnos that leave kernel callbacks."""

__version__ = "0.1.0"
