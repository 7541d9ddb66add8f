// SPDX-License-Identifier: GPL-2.0-only
///
/// Convert an errno that a kernel function returns, and that says something else to callers.
///
//# errno-gen decides whose errno is converted, and where, and marks each place:
//# return ERRNO_GEN_CONVERTED(ret, ret == -EINVAL, -ENODEV);
//#                                  return ret == -EINVAL ? -ENODEV : ret;
//# return ERRNO_GEN_HELD(f(x), ret, ret == -EINVAL, -ENODEV);
//#                                  ret = f(x); goes before the same
//# ERRNO_GEN_CONVERT(ret, ret == -EINVAL, -ENODEV);
//#                                  if (ret == -EINVAL) ret = -ENODEV;
//# It is opt-in: there is no such mark unless the policy has another value than "leave" for
//# the cause kapi, or a person decided what the errno of one call means.
///
// Confidence: Moderate
// Options: --no-includes
// Keywords: errno, return value, kernel API

virtual patch
virtual context

@context_value depends on context && !patch@
expression VAR, COND, NEW;
@@

* ERRNO_GEN_CONVERTED(VAR, COND, NEW)

@context_held depends on context && !patch@
expression CALL, VAR, COND, NEW;
@@

* ERRNO_GEN_HELD(CALL, VAR, COND, NEW)

@context_statement depends on context && !patch@
expression VAR, COND, NEW;
@@

* ERRNO_GEN_CONVERT(VAR, COND, NEW);

@value depends on patch && !context@
expression VAR, COND, NEW;
@@

- ERRNO_GEN_CONVERTED(VAR, COND, NEW)
+ COND ? NEW : VAR

@held depends on patch && !context@
expression CALL, VAR, COND, NEW;
@@

- return ERRNO_GEN_HELD(CALL, VAR, COND, NEW);
+ VAR = CALL;
+ return COND ? NEW : VAR;

@statement depends on patch && !context@
expression VAR, COND, NEW;
@@

- ERRNO_GEN_CONVERT(VAR, COND, NEW);
+ if (COND)
+ 	VAR = NEW;
