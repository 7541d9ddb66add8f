// SPDX-License-Identifier: GPL-2.0-only
///
/// Set an errno where a way out is taken, not ahead for several ways out at once.
///
//# errno-gen decides which way out of a preset needs an errno of its own, and marks it:
//# if (ERRNO_GEN_SPLIT(a, ret, -ENODEV)) goto out;   the arm gets braces and ret = -ENODEV;
//# ERRNO_GEN_SET(ret, -ENODEV);                      the same in an arm that has braces
//# return ERRNO_GEN_RETURN(ret, -ENODEV);            the arm returns -ENODEV itself
//# if (ERRNO_GEN_CALL(f(x) != 0, ret, f(x), ret))    ret = f(x); goes before if (ret)
//# ERRNO_GEN_VARIABLE(ret);                          int ret; for what a call returns
//# ERRNO_GEN_UNSET(ret, -ENODEV);                    goes: ret holds the callee's code already
//# if (ERRNO_GEN_HALF(a)) ONE else if (b) TWO        a || b with two errnos: if (a) ONE if (b) TWO
//# ONE always leaves, so that b is evaluated if and only if a || b would have evaluated it.
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

@context_unset depends on context && !patch@
expression VAR, OLD;
@@

* ERRNO_GEN_UNSET(VAR, OLD);

@context_variable depends on context && !patch@
expression VAR;
@@

* ERRNO_GEN_VARIABLE(VAR);

@context_half depends on context && !patch@
expression HALF;
@@

* ERRNO_GEN_HALF(HALF)

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

@unset depends on patch && !context@
expression VAR, OLD;
@@

- ERRNO_GEN_UNSET(VAR, OLD);

@variable depends on patch && !context@
identifier VAR;
@@

- ERRNO_GEN_VARIABLE(VAR);
+ int VAR;

@half depends on patch && !context@
expression HALF;
statement ONE, TWO;
@@

  if (
- ERRNO_GEN_HALF(HALF)
+ HALF
  ) ONE
- else
  TWO
