# SPDX-License-Identifier: GPL-2.0-only
"""The doors to the world: git, spatch, kbuild, containers, templates, processes."""
