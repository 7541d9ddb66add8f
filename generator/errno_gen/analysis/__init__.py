# SPDX-License-Identifier: GPL-2.0-only
"""Pure analysis: bytes and a policy's roles go in, verdicts and edits come out.

:mod:`.driver` is the entry: it says the steps in order. The rooms below it, from the ground
up: ``c``, ``flow``, ``origins``, ``kernel`` and ``places``, ``rules``, ``causes``; ``edits``,
``smpl`` and ``docs`` turn verdicts into text. Arrows point down only, and import-linter holds them.

The words, each with the module that owns it:

========================  ==============================================================
lexeme                    a token of C, comments included: ``c.text.lexer``
syntax node               a node of the parser's tree: ``c.text.syntax``
landmark                  a node that indexes are made of: ``c.text.landmarks``
block, edge               a statement or condition, and where it leads: ``c.graph.cfg``
control dependence        which edges decide whether a block runs: ``c.graph.dominance``
key                       the name of a variable or member path: ``c.graph.dataflow``
reaching definition       what a key may hold at a place: ``c.graph.dataflow``
function, macro           a body with parameters: ``c.functions``, ``c.macros``
expansion                 what a macro that leaves stands for at a use: ``c.expansions``
library                   the tree's definitions, looked up by name: ``c.treesource``
program                   a driver's source, looked up by name: ``c.program``
index                     the program with sources, origins and kinds: ``origins.index``
callee                    a body that a call may reach: ``c.program``
store                     what is written through a pointer: ``c.stores``
ops table, callback       a struct with pointers to functions, and such one: ``flow.tables``
source                    what can leave a function: ``flow.sources``
site                      an errno constant with one way out: ``flow.sites``
way out                   the place or edge by which a constant leaves: ``flow.escape``
guard, level, atom        conditions that a way out depends on: ``flow.guards``
root, origin              what a value is computed from: ``origins.roots``, ``origins.origins``
occupancy                 signs that something is occupied: ``origins.occupancy``
lifetime                  what a member holds in a fresh domain, who fills it: ``origins.lifetimes``
kind                      errno, pointer, bool, count or code: ``flow.kinds``
opaque value              a value of which no errno is known: ``flow.opaque``
quiet code                code that leaves no state behind: ``flow.quiet``
path, frame               chains of calls from the callback inwards: ``origins.path``
arrival                   a site at the end of such a chain: ``origins.path``
summary, witness          what may come out of a function, and how: ``kernel.summaries``
mention                   who else knows an errno: ``kernel.known_errnos``, ``docs.mentions``
forwarder                 a function that returns the callback's value: ``kernel.forwarders``
split                     a way out with an errno of its own: ``places.splits``
division                  an if taken apart between halves: ``places.division``
conversion                a kernel function's errno replaced: ``places.conversion``
message                   a statement that only logs: ``places.messages``
loudness                  which messages can go or become quiet, and why not: ``causes.loudness``
fact                      one atom of a guard with its evidence: ``rules.facts``
answer                    what makes a helper give the value that is tested: ``rules.answers``
identity                  a value that tells one domain from others: ``rules.identity``
ground, evidence          a level of guards with its facts, and all of them: ``causes.grounds``
case, rule, judgement     what a rule sees, and what it says: ``rules.rules``
half                      an operand of ``||`` that is judged alone: ``causes.halves``
refusal                   a way out that reports success, unduly: ``causes.refusals``
finding                   one arrival, judged: ``causes.findings``
swallowed, uncovered      a callee's code that is replaced, and what it hid: ``causes.uncovered``
verdict                   what all findings of a site say together: ``causes.verdicts``
settlement                what sites that share source get: ``edits.settlement``
edit, plan, proof         bytes to change, all of them, and that no others did: ``edits``
========================  ==============================================================
"""
