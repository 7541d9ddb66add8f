# SPDX-License-Identifier: GPL-2.0-only
"""The doors to the world: git, spatch, kbuild, containers, templates, processes.

Beside the rooms stand modules that every room may use: ``process`` (starts programs), ``lock``,
``state`` (JSON below the git directory), ``cache`` (folders that are kept), ``settings``
(data/kbuild.toml), ``pool``, ``render``, ``spatch``; and ``ranges``, which uses them all.
"""
