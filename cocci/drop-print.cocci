// SPDX-License-Identifier: GPL-2.0-only
///
/// Take out a message next to an errno that callers expect and handle.
///
//# errno-gen decides which messages go, and marks each of these statements:
//# ERRNO_GEN_DROP(dev_err(dev, "..."));
//# Only a statement that is nothing but a call goes. Braces, blank lines and comments
//# around it are not this rule's business; versions of Coccinelle differ there.
///
// Confidence: High
// Options: --no-includes
// Keywords: printk, dev_err

virtual patch
virtual context

@depends on context && !patch@
identifier PRINT;
expression list ARGS;
@@

* ERRNO_GEN_DROP(PRINT(ARGS));

@depends on patch && !context@
identifier PRINT;
expression list ARGS;
@@

- ERRNO_GEN_DROP(PRINT(ARGS));
