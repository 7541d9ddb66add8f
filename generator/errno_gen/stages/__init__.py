# SPDX-License-Identifier: GPL-2.0-only
"""The stages, each a function from frozen values to frozen values; none imports another."""
