# SPDX-License-Identifier: GPL-2.0-only
"""Where compilers run: engines, and the image with the toolchains.

Knows podman, docker and this machine. Uses ``process``, ``cache``, ``settings``. Its door:
``engine`` and ``image``.
"""
