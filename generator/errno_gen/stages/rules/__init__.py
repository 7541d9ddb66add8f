# SPDX-License-Identifier: GPL-2.0-only
"""Put a policy's rules into the kernel's own documentation, where it does not say them yet.

They go to the callback's member in the ops struct, and to the exported functions that hand
on what the callback returns. What is documented in other words, or cannot be documented
truly, is left alone and named.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field

from errno_gen.analysis.apis import kernel_apis
from errno_gen.analysis.c.program import Function, Program
from errno_gen.analysis.c.text.lexer import line_of
from errno_gen.analysis.c.text.syntax import Node, text_of
from errno_gen.analysis.docs.insertion import prove_comments, with_comment, with_member, with_return
from errno_gen.analysis.docs.kerneldoc import (
    DocComment,
    Mention,
    comment_above,
    comment_of_function,
    comment_of_member,
    comment_of_struct,
    errnos_in,
    mention,
)
from errno_gen.analysis.kernel.forwarders import calls_member, forwarders
from errno_gen.model import Documented, FileChange, SourceFile
from errno_gen.policy import Policy
from errno_gen.policytables import LEAVE, Rules
from errno_gen.stages.rules.words import for_function, for_member
from errno_gen.tools.kernel.tree import KernelTree

__all__ = ["apart_from", "document"]

Grep = Callable[[Sequence[str]], tuple[str, ...]]
"""Gives the files that hold all of some words, sorted."""


def document(tree: KernelTree, policy: Policy, grep: Grep) -> Documented:
    """The rules as kernel-doc, as far as the tree does not say them already.

    If the member is documented by another convention, nothing is written at all. Raises
    ProofError if more than comments would change.
    """
    if policy.rules is None or policy.errno == LEAVE:
        text = f"the policy {policy.name} has no words for the kernel's documentation"
        return Documented(remarks=(text,))
    return _Writer(tree, policy, policy.rules, grep).run()


def apart_from(documented: Documented, paths: Collection[str]) -> Documented:
    """The same, or nothing but a remark if something else changes one of the files, too."""
    shared = [change.path for change in documented.changes if change.path in paths]
    if not shared:
        return documented
    told = f"{shared[0]}: changes with a driver, so another apply on top documents the rules"
    return Documented(callers=documented.callers, remarks=(*documented.remarks, told))


@dataclass
class _Writer:
    """The work on one tree; ``texts`` are the files as they become."""

    tree: KernelTree
    policy: Policy
    rules: Rules
    grep: Grep
    sources: dict[str, SourceFile] = field(default_factory=dict)
    texts: dict[str, bytes] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def run(self) -> Documented:
        roles = self.policy.roles
        header = self._definition()
        if header is None:
            text = f"no header defines struct {roles.struct} with its member {roles.member}"
            return Documented(remarks=(text,))
        at_member, known = self._member(header)
        callers, functions = [], []
        for path in self._callers() if known else ():
            found = self._forwarders(path, header)
            callers += [path] if found else []
            functions += list(self._functions(path, found))
        changes = tuple(self._changes())
        remarks = tuple(sorted(self.remarks, key=_place))
        return Documented(changes, at_member, tuple(functions), tuple(callers), remarks)

    # --- the member -----------------------------------------------------------------

    def _definition(self) -> str | None:
        """The file that defines the ops struct: a header if there is one."""
        roles = self.policy.roles
        pattern = re.compile(rb"\bstruct\s+%s\s*\{" % roles.struct.encode())
        found = [
            source
            for source in self.tree.sources(self.grep((roles.struct, roles.member)))
            if pattern.search(source.text)
        ]
        found.sort(key=lambda source: not source.path.endswith(".h"))
        for source in found:
            if self._specifier(source) is not None:
                self._keep(source)
                return source.path
        return None

    def _specifier(self, source: SourceFile) -> tuple[Program, Node] | None:
        """Where a file defines the ops struct, if it does: comments may show it, too."""
        program = Program([source], kernel_apis())
        for node in program.landmarks(source.path).of("struct_specifier"):
            if (
                text_of(node.child_by_field_name("name")) == self.policy.roles.struct
                and node.child_by_field_name("body") is not None
            ):
                return program, node
        return None

    def _member(self, path: str) -> tuple[bool, bool]:
        """Whether the member's description grows, and whether the tree has the rules then."""
        roles, text = self.policy.roles, self.texts[path]
        found_at = self._specifier(self.sources[path])
        assert found_at is not None
        program, node = found_at
        comment = comment_of_struct(text, roles.struct)
        own = comment
        if comment is None or comment.section(f"@{roles.member}") is None:
            inside = comment_of_member(text, (node.start_byte, node.end_byte), roles.member)
            own = inside or comment
        where = f"{path}:{line_of(text, own.start if own else node.start_byte)}"
        what = f"{roles.member} of struct {roles.struct}"
        if comment is None or own is None:
            lacking = f"struct {roles.struct} has no kernel-doc for {roles.member} to be added to"
            return self._left(f"{where}: {lacking}")
        section = own.section(f"@{roles.member}")
        if section is not None:
            where = f"{path}:{line_of(text, own.start) + section.first}"
            told = own.around(section)
            found = mention(told, (self.policy.errno,))
            if found is Mention.SAYS:
                self.remarks.append(f"{where}: {what} says already what {self.policy.errno} is for")
                return False, True
            if found is Mention.OTHERS:
                return self._left(self._others(where, what, told))
        words = for_member(self.policy, self.rules)
        order = tuple(program.fields(roles.struct))
        fresh = with_member(text, own, roles.member, words, order)
        if fresh is None:
            return self._left(f"{where}: the kernel-doc of {what} has no place for it")
        self.texts[path] = fresh
        return True, True

    def _left(self, remark: str) -> tuple[bool, bool]:
        self.remarks.append(f"{remark}: left alone, and so are the functions that hand it on")
        return False, False

    def _others(self, where: str, what: str, told: str) -> str:
        named = ", ".join(errnos_in(told))
        return f"{where}: {what} is documented with {named} and not {self.policy.errno}"

    # --- functions ------------------------------------------------------------------

    def _callers(self) -> Iterator[str]:
        """The C files that call the member and export functions."""
        member = self.policy.roles.member
        for source in self.tree.sources(p for p in self.grep((member,)) if p.endswith(".c")):
            if calls_member(source.text, member):
                self._keep(source)
                yield source.path

    def _forwarders(self, path: str, header: str) -> tuple[Function, ...]:
        files = dict.fromkeys((self.sources[path], self.sources[header]))
        program = Program(files, kernel_apis())
        return forwarders(program, path, self.policy.roles, self.policy.errno)

    def _functions(self, path: str, found: Sequence[Function]) -> Iterator[str]:
        """Document what a file's functions hand on; the names of those that are."""
        many = {each.name for each in found if sum(o.name == each.name for o in found) > 1}
        # From the last one to the first, so that the places of the others stay true.
        done = []
        for function in reversed(found):
            if function.name in many:
                self._left_function(function, "is defined more than once")
            elif self._function(path, function):
                done.append(f"{function.name}()")
        yield from reversed(done)

    def _function(self, path: str, function: Function) -> bool:
        at, comment = self._documentation(path, function.name)
        words = for_function(self.policy, self.rules)
        text = self.texts[at]
        if comment is None:
            return self._new(path, function, words)
        told = comment.text()
        found = mention(told, (self.policy.errno,))
        where, what = f"{at}:{line_of(text, comment.start)}", f"{function.name}()"
        if found is Mention.SAYS:
            self.remarks.append(f"{where}: {what} says already what {self.policy.errno} is for")
        elif found is Mention.OTHERS:
            self.remarks.append(f"{self._others(where, what, told)}: left alone")
        else:
            fresh = with_return(text, comment, words)
            if fresh is not None:
                self.texts[at] = fresh
                return True
            self.remarks.append(f"{where}: {what} has a list of what it returns: left alone")
        return False

    def _documentation(self, path: str, name: str) -> tuple[str, DocComment | None]:
        """The file and the kernel-doc of a function: where it is defined, else declared."""
        comment = comment_of_function(self.texts[path], name)
        if comment is not None:
            return path, comment
        headers = (other for other in self.grep((name,)) if other.endswith(".h"))
        for source in self.tree.sources(headers):
            self._keep(source)
            comment = comment_of_function(self.texts[source.path], name)
            if comment is not None:
                return source.path, comment
        return path, None

    def _new(self, path: str, function: Function, words: Sequence[str]) -> bool:
        """Give a function kernel-doc, if something true can be said of each parameter."""
        text = self.texts[path]
        if comment_above(text, function.node.start_byte):
            return self._left_function(function, "has a comment that is no kernel-doc")
        tags = [kind.name for _, kind in function.parameters]
        parameters = []
        for name, kind in function.parameters:
            told = self.rules.parameters.get(kind.name, "")
            if not told or kind.pointers != 1 or tags.count(kind.name) > 1:
                problem = f"has no kernel-doc, and what its parameter {name} is is not known"
                return self._left_function(function, problem)
            parameters.append((name, told))
        title = f"{function.name}() - {self.rules.summary}"
        start = function.node.start_byte
        self.texts[path] = with_comment(text, start, title, parameters, words)
        return True

    def _left_function(self, function: Function, why: str) -> bool:
        where = f"{function.path}:{function.line}"
        self.remarks.append(f"{where}: {function.name}() {why}: left alone")
        return False

    # --- files ----------------------------------------------------------------------

    def _keep(self, source: SourceFile) -> None:
        self.sources.setdefault(source.path, source)
        self.texts.setdefault(source.path, source.text)

    def _changes(self) -> Iterator[FileChange]:
        for path, source in self.sources.items():
            after = self.texts[path]
            if after != source.text:
                prove_comments(path, source.text, after)
                yield FileChange(path, source.blob, source.text, after)


def _place(remark: str) -> tuple[str, int]:
    path, _, rest = remark.partition(":")
    line = rest.partition(":")[0]
    return path, int(line) if line.isdigit() else 0
