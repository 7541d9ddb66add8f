// SPDX-License-Identifier: GPL-2.0-only
///
/// Turn a message next to an errno that callers expect and handle into a debug message.
///
//# errno-gen decides which messages are meant and what their debug form is called, and marks
//# the name of what is called:
//# ERRNO_GEN_DEBUG(dev_err, dev_dbg)(dev, "...");
//# Nothing but that name changes.
///
// Confidence: High
// Options: --no-includes
// Keywords: printk, dev_err, dev_dbg

virtual patch
virtual context

@depends on context && !patch@
identifier OLD, NEW;
@@

* ERRNO_GEN_DEBUG(OLD, NEW)

@depends on patch && !context@
identifier OLD, NEW;
@@

- ERRNO_GEN_DEBUG(OLD, NEW)
+ NEW
