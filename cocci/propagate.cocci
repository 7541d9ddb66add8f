// SPDX-License-Identifier: GPL-2.0-only
///
/// Hand on the errno of a callee instead of the constant that replaced it.
///
//# errno-gen decides where a callee's errno is swallowed, and marks the constant:
//# ERRNO_GEN_PROPAGATE(-ENODEV, ret) says that -ENODEV stands here and gives way to ret.
///
// Confidence: Moderate
// Options: --no-includes
// Keywords: errno, return value, error propagation

virtual patch
virtual context

@depends on context && !patch@
expression OLD, CODE;
@@

* ERRNO_GEN_PROPAGATE(OLD, CODE)

@depends on patch && !context@
expression OLD, CODE;
@@

- ERRNO_GEN_PROPAGATE(OLD, CODE)
+ CODE
