# SPDX-License-Identifier: GPL-2.0-only
"""Compiled objects: symbols, code function by function, and how they differ.

Knows ELF and listings; nothing of how objects were made. Uses :mod:`..containers` for the
toolchain's objdump. Its door: ``disassembly``, ``elf``, ``objcode``, ``objecttext``.
"""
