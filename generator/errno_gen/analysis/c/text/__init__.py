# SPDX-License-Identifier: GPL-2.0-only
"""C as text: lexemes, the syntax tree, and how source is laid out.

Knows the parser, and is the only room that does. Uses nothing of the analysis. Its door:
``syntax`` (parse, mask, nodes), ``landmarks`` (nodes of one tree by type), ``lexer`` (lexemes
without a parser), ``layout`` and ``sameness`` (what may change between two texts).
"""
