# SPDX-License-Identifier: GPL-2.0-only
"""The command line: the only place that prints, prompts and exits."""
