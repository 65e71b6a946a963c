"""Constants inside functions: numbers, truths, text, and vectors such as ``c(1, 2)``, ``1:3`` and ``seq(0, 10, by = 2)``."""

from __future__ import annotations

import math

from .expressions import Value
from .function_signatures import MAX_VECTOR
from .tokens import Token, TokenReader

MAX_NUMBER = 1e100
TRUTHS = {"TRUE": True, "FALSE": False, "T": True, "F": False}
_SEQUENCE = ("from", "to", "by")


class ConstantReader(TokenReader):
    """Reads constants; nothing is evaluated but signs, ``a:b`` and ``seq``, and the length of what they give is bounded."""

    def constant(self) -> Value:
        """The constant that comes next."""
        token = self.take()
        match token.kind:
            case "text":
                return token.content
            case "number":
                return self._sequence(token, self._finite(token))
            case "name" if token.text in TRUTHS:
                return TRUTHS[token.text]
            case "name" if token.text in ("Inf", "pi"):
                return math.inf if token.text == "Inf" else math.pi
            case "name" if token.text in ("c", "seq") and self.accept("("):
                return self._vector(token) if token.text == "c" else self._seq(token)
            case "operator" if token.text in ("-", "+"):
                value = self.constant_number(token)
                return self._sequence(token, -value if token.text == "-" else value)
        self.fail(f"“{token.text}” is no constant.", "Write a number, TRUE, FALSE, text in quotes or c(1, 2).", token)

    def constant_number(self, place: Token) -> float:
        """A single number that comes next."""
        value = self.constant()
        if isinstance(value, bool | str | tuple):
            self.fail("A number has to stand here.", "", place)
        return value

    def at_constant(self) -> bool:
        """Whether what comes next, up to a comma or a parenthesis, is a constant."""
        at = self.at
        while at < len(self.tokens) and self.tokens[at].text in ("-", "+"):
            at += 1
        token = self.tokens[at] if at < len(self.tokens) else None
        if token is None:
            return False
        following = self.tokens[at + 1].text if at + 1 < len(self.tokens) else ""
        if token.kind == "name" and token.text in ("c", "seq") and following == "(":
            return True
        if token.kind == "number" and following == ":":
            return True
        constant = token.kind in ("number", "text") or (token.kind == "name" and token.text in (*TRUTHS, "Inf", "pi"))
        return constant and following in (",", ")", "")

    def _finite(self, token: Token) -> float:
        if token.number > MAX_NUMBER:
            self.fail(f"The number {token.text} is too large.", "", token)
        return token.number

    def _sequence(self, token: Token, first: float) -> Value:
        """The number, or the vector that ``first:last`` is."""
        if not self.accept(":"):
            return first
        last = self.constant()
        if isinstance(last, bool | str | tuple) or not abs(last - first) < MAX_VECTOR:
            self.fail(
                "After “:” stands a number, the last of those in between.", f"At most {MAX_VECTOR:,} are read.", token
            )
        step = 1.0 if last >= first else -1.0
        values = tuple(first + step * k for k in range(int(abs(last - first)) + 1))
        if self.accept("/"):  # 0:3/3 is (0:3)/3
            divisor = self.constant_number(token)
            values = tuple(self._share(value, token, divisor) for value in values)
        return values

    def _vector(self, place: Token) -> Value:
        result: list[float | str] = []
        while not self.accept(")"):
            if result:
                self.expect(",")
            value = self.constant()
            if self.accept("/"):  # a share such as 1/3
                value = self._share(value, place, self.constant_number(place))
            result.extend(value if isinstance(value, tuple) else (value,))
            if len(result) > MAX_VECTOR:
                self.fail(f"This vector has more than {MAX_VECTOR:,} values.", "", place)
        texts = [v for v in result if isinstance(v, str)]
        if texts and len(texts) < len(result):
            self.fail("A vector holds either numbers or texts.", 'Write all in quotes, c("1", "b"), or none.', place)
        return tuple(texts) if texts else tuple(float(v) for v in result)

    def _share(self, value: Value, place: Token, divisor: float) -> float:
        if isinstance(value, bool | str | tuple) or not divisor:
            self.fail("A number divided by one that is not 0 may stand here.", "", place)
        return value / divisor

    def _seq(self, place: Token) -> Value:
        given: dict[str, float] = {}
        while not self.accept(")"):
            if given:
                self.expect(",")
            name = next((n for n in _SEQUENCE if n not in given), "")
            if self.tokens[self.at + 1 : self.at + 2] and self.tokens[self.at + 1].text == "=":
                name = self.take().text
                self.at += 1
            if name not in (*_SEQUENCE, "length.out") or name in given:
                self.fail("seq() takes from, to, by and length.out.", "", place)
            given[name] = self.constant_number(place)
        start, end = given.get("from", 1.0), given.get("to", 1.0)
        by = given.get("by", 1.0 if end >= start else -1.0)
        count = given.get("length.out", (end - start) / by + 1 + 1e-10 if by else math.inf)
        if not 1 <= count <= MAX_VECTOR:
            self.fail(f"This seq() has no values, or more than {MAX_VECTOR:,}.", "", place)
        if "length.out" in given and int(count) > 1 and "to" in given:
            by = (end - start) / (int(count) - 1)
        return tuple(start + by * k for k in range(int(count)))
