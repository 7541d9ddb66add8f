// SPDX-License-Identifier: GPL-2.0-only
///
/// Turn an errno constant into the one that the policy wants at this place.
///
//# errno-gen decides which constants are meant, and marks each of them:
//# ERRNO_GEN_ERRNO(-EBUSY, -EINVAL) says that -EBUSY stands here and becomes -EINVAL.
//# The same constant elsewhere in the function has no mark and stays. A mark is an
//# expression, so that the rule holds wherever a constant can be: return, assignment,
//# initialiser, either arm of ?:, ERR_PTR(), an argument. The old one may be a macro's name.
///
// Confidence: High
// Options: --no-includes
// Keywords: errno, return value

virtual patch
virtual context

@depends on context && !patch@
expression OLD;
constant NEW;
@@

* ERRNO_GEN_ERRNO(OLD, -NEW)

@depends on patch && !context@
expression OLD;
constant NEW;
@@

- ERRNO_GEN_ERRNO(OLD, -NEW)
+ -NEW
