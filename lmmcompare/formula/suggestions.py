"""Formulas that may be meant by ones that cannot be read, where more than a word of them changes."""

from __future__ import annotations

from .arithmetic import LOGICAL
from .groups import GroupReader
from .tokens import Token


class SuggestionReader(GroupReader):
    """Makes the formulas that errors offer."""

    def each_in_parentheses(self) -> str:
        """The formula with parentheses around a summand of the right side that has a bar outside of any."""
        start = next(k for k, t in enumerate(self.tokens) if t.text == "~") + 1
        ends = [k for k in range(start, len(self.tokens)) if self._is_plus(start, k)]
        bounds = [start, *(k + 1 for k in ends), len(self.tokens) + 1]
        for low, high in zip(reversed(bounds[:-1]), reversed(bounds[1:]), strict=True):
            if self.has(low, high - 1, "|", "||"):
                first, last = self.tokens[low], self.tokens[high - 2]
                return self.instead(first, last, f"({self.between(first, last)})")
        return ""

    def _is_plus(self, start: int, at: int) -> bool:
        """Whether a token is a “+” outside of any parentheses."""
        inside = any(opening < at < closing for opening, closing in self.closing.items() if opening >= start)
        return self.tokens[at].text == "+" and not inside

    def parenthesised(self, end: int) -> str:
        """The formula with parentheses around each summand that has a comparison."""
        changed, start, depth = self.text, end, 0
        for at in range(end - 1, self.at - 2, -1):  # from the right, so that positions stay
            token = self.tokens[at]
            depth += (token.text == ")") - (token.text == "(")
            if depth == 0 and (token.text == "+" or at == self.at - 1):
                first = at + 1
                if self.is_truth(first, start):
                    low, high = self.tokens[first].position, self.tokens[start - 1]
                    high_end = high.position + len(high.text)
                    changed = f"{changed[:low]}({changed[low:high_end]}){changed[high_end:]}"
                start = at
        return changed

    def as_arithmetic(self, at: int) -> str:
        """The formula with a number and the column beside it, ``2 * x`` or ``x / 10``, in ``I()``; empty where there is none."""
        for first, sign, last in ((at - 2, at - 1, at), (at, at + 1, at + 2)):
            if first >= 0 and last < len(self.tokens) and self.tokens[sign].text in ("*", "/"):
                one, other = self.tokens[first], self.tokens[last]
                if {one.kind, other.kind} & {"name", "quoted"}:
                    return self.instead(one, other, f"I({self.between(one, other)})")
        return ""

    def is_truth(self, start: int, end: int) -> bool:
        """Whether tokens are a comparison or a truth as a whole: one has an operator for that, before any ``!`` but a first one."""
        if start < end and self.has(start, start + 1, "!"):
            return True
        later = (i for i in range(start, end) if self.has(i, i + 1, "!"))
        return self.has(start, next(later, end), *LOGICAL)

    def has(self, start: int, end: int, *operators: str) -> bool:
        """Whether tokens have one of some operators outside of any parentheses."""
        at = start
        while at < end:
            token = self.tokens[at]
            if token.kind == "operator" and token.text in operators:
                return True
            at = self.closing.get(at, at) + 1
        return False

    def innermost(self, opening: int) -> int:
        """The last of the parentheses that a token opens where nothing but one another stands between them, as in ``((1 | g))``."""
        while self.tokens[opening + 1].text == "(" and self.closing[opening + 1] == self.closing[opening] - 1:
            opening += 1
        return opening

    def membership(self, token: Token) -> None:
        """Refuse a comparison with a list of values where R reads ``%in%`` as nesting."""
        left = self.tokens[self.at - 1]
        last = self.tokens[self.closing.get(self.at + 2, self.closing.get(self.at + 1, self.at))]
        self.fail(
            "Between terms, %in% says that one is nested in another.",
            'For a comparison write I(x %in% c("a", "b")).',
            token,
            suggestion=self.instead(left, last, f"I({self.between(left, last)})"),
        )
