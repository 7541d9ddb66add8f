// SPDX-License-Identifier: GPL-2.0-only
///
/// Take out a message next to an errno that callers expect and handle.
///
//# errno-gen decides which messages go, and marks each of these statements:
//# ERRNO_GEN_DROP(dev_err(dev, "..."));
//# if (ERRNO_GEN_DROP_IF(verbose)) dev_err(dev, "..."); else dev_info(dev, "...");
//# Only a statement goes that is nothing but a call, or that decides between such. Braces, blank lines and comments
//# around it are not this rule's business; versions of Coccinelle differ there.
///
// Confidence: High
// Options: --no-includes
// Keywords: printk, dev_err

virtual patch
virtual context

@context_message depends on context && !patch@
identifier PRINT;
expression list ARGS;
@@

* ERRNO_GEN_DROP(PRINT(ARGS));

@context_choice depends on context && !patch@
expression COND;
statement ONE;
@@

* if (ERRNO_GEN_DROP_IF(COND)) ONE

@context_both depends on context && !patch@
expression COND;
statement ONE, TWO;
@@

* if (ERRNO_GEN_DROP_IF(COND)) ONE else TWO

@both depends on patch && !context@
expression COND;
statement ONE, TWO;
@@

- if (ERRNO_GEN_DROP_IF(COND)) ONE else TWO

@choice depends on patch && !context@
expression COND;
statement ONE;
@@

- if (ERRNO_GEN_DROP_IF(COND)) ONE

@message depends on patch && !context@
identifier PRINT;
expression list ARGS;
@@

- ERRNO_GEN_DROP(PRINT(ARGS));
