"""Grouping factors: columns, and what ``:``, ``/``, ``*`` and ``+`` make of them."""

from __future__ import annotations

import re

from .factors import FactorReader

MAX_GROUPS = 20
Group = tuple[str, ...]
AS_LEVELS = ("factor", "as.factor", "as.character", "ordered", "as.ordered")
"""Functions that change nothing where the levels of a column are wanted."""


class GroupReader(FactorReader):
    """Reads the grouping factors after the bar of a random-effects term; a factor's levels are combinations of its columns."""

    def groups(self, end: int) -> list[Group]:
        """The grouping factors up to token ``end``, the simpler ones first where there are several."""
        start = self.peek()
        result = self._crossed()
        if self.at != end and self.tokens[self.at].text == "|" and start:
            self.fail(
                "A random-effects term has one “|”; a name between two of them, as in brms, has no meaning here.",
                "Write the grouping factor alone after the “|”.",
                self.peek(),
                suggestion=self.instead(start, self.tokens[self.at], ""),
            )
        if self.at != end:
            self.fail(
                "After the “|” stands a grouping factor: a column, a*b, a:b or a/b.",
                "Write one more random-effects term for another.",
                self.peek(),
                suggestion=self._one_by_one(end),
            )
        if len(result) > MAX_GROUPS:
            self.fail(f"This is more than {MAX_GROUPS} grouping factors.", "Name fewer columns.", start)
        return list(dict.fromkeys(result))

    def _one_by_one(self, end: int) -> str:
        """The formula with a random-effects term for each of several grouping factors, as ``(1 | a + b)`` may mean."""
        opening = next((k for k, closing in self.closing.items() if closing == end), None)
        if opening is None or self.tokens[self.at].text not in ("+", ","):
            return ""
        bar = next(k for k in range(opening, end) if self.tokens[k].text in ("|", "||"))
        inside = self.text[self.tokens[opening].position : self.tokens[bar + 1].position].rstrip()
        groups = re.split(r"[+,]", self.between(self.tokens[bar + 1], self.tokens[end - 1]))
        terms = " + ".join(f"{inside} {group.strip()})" for group in groups)
        return self.instead(self.tokens[opening], self.tokens[end], terms)

    def _crossed(self) -> list[Group]:
        result = self._joined()
        while operator := self.accept("*", "/"):
            right = self._joined()
            if operator.text == "/":  # a/b/c has a, a:b and a:b:c
                inside = _union(*result)
                result = result + [_union(inside, group) for group in right]
            else:
                result = result + right + [_union(a, b) for a in result for b in right]
            if len(result) > MAX_GROUPS:
                self.fail(f"This is more than {MAX_GROUPS} grouping factors.", "Name fewer columns.", operator)
        return sorted(result, key=len)

    def _joined(self) -> list[Group]:
        result = self._group()
        while operator := self.accept(":", "%in%"):
            result = [_union(a, b) for a in result for b in self._group()]
            if len(result) > MAX_GROUPS:
                self.fail(f"This is more than {MAX_GROUPS} grouping factors.", "Name fewer columns.", operator)
        return result

    def _group(self) -> list[Group]:
        if self.accept("("):
            result = self._crossed()
            self.expect(")")
            return result
        token = self.peek()
        following = self.peek_second()
        if token and token.kind == "name" and following and following.text == "(":
            if token.text not in (*AS_LEVELS, "interaction"):
                closing = self.closing[self.at + 1]
                inside = (
                    self.between(self.tokens[self.at + 2], self.tokens[closing - 1]) if closing > self.at + 2 else ""
                )
                self.fail(
                    "A grouping factor is a column, not a function.",
                    "Compute it in the table, as a column of its own, or write its column.",
                    token,
                    suggestion=self.instead(token, self.tokens[closing], inside),
                )
            self.at += 2
            result = [(self.group_name(),)]
            while token.text == "interaction" and self.accept(","):
                result = [_union(*result, (self.group_name(),))]
            self.expect(")")
            return result
        return [(self.group_name(),)]

    def group_name(self) -> str:
        """The name of a grouping column."""
        token = self.take()
        if token.kind not in ("name", "quoted") or token.text == ".":
            self.fail("After the “|” stands a grouping factor.", "Write the name of the grouping column.", token)
        return token.content if token.kind == "quoted" else token.text


def _union(*groups: Group) -> Group:
    return tuple(dict.fromkeys(name for group in groups for name in group))
