// SPDX-License-Identifier: GPL-2.0-only
///
/// Set an errno where a way out is taken, not ahead for several ways out at once.
///
//# errno-gen decides which way out of a preset needs an errno of its own, and marks it:
//# if (ERRNO_GEN_SPLIT(a, ret, -ENODEV)) goto out;   the arm gets braces and ret = -ENODEV;
//# ERRNO_GEN_SET(ret, -ENODEV);                      the same in an arm that has braces
//# return ERRNO_GEN_RETURN(ret, -ENODEV);            the arm returns -ENODEV itself
//# if (ERRNO_GEN_CALL(f(x) != 0, ret, f(x), ret))    ret = f(x); goes before if (ret)
///
// Confidence: Moderate
// Options: --no-includes
// Keywords: errno, return value, goto

virtual patch
virtual context

@context_arm depends on context && !patch@
expression COND, VAR, NEW;
@@

* ERRNO_GEN_SPLIT(COND, VAR, NEW)

@context_block depends on context && !patch@
expression VAR, NEW;
@@

* ERRNO_GEN_SET(VAR, NEW);

@context_leave depends on context && !patch@
expression VAR, NEW;
@@

* ERRNO_GEN_RETURN(VAR, NEW)

@context_call depends on context && !patch@
expression COND, VAR, CALL, TEST;
@@

* ERRNO_GEN_CALL(COND, VAR, CALL, TEST)

@arm depends on patch && !context@
expression COND, VAR, NEW;
statement LEAVE;
@@

  if (
- ERRNO_GEN_SPLIT(COND, VAR, NEW)
+ COND
  )
+ { VAR = NEW;
  LEAVE
+ }

@block depends on patch && !context@
expression VAR, NEW;
@@

- ERRNO_GEN_SET(VAR, NEW);
+ VAR = NEW;

@leave depends on patch && !context@
expression VAR, NEW;
@@

- ERRNO_GEN_RETURN(VAR, NEW)
+ NEW

@tested depends on patch && !context@
expression COND, VAR, CALL, TEST;
statement ARM;
@@

+ VAR = CALL;
  if (
- ERRNO_GEN_CALL(COND, VAR, CALL, TEST)
+ TEST
  ) ARM
