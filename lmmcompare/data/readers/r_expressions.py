"""Expressions in R code: single values, what brackets choose of them, and operators and pipes between them."""

from __future__ import annotations

import numpy as np

from .arrays import Array
from .data_in_code import Unknown
from .r_code_tokens import PIPES
from .r_frame_changes import column_of, is_frame, part_of
from .r_operators import operated
from .r_single_values import SingleValues
from .r_values import MISSING, Value
from .r_vectors import KINDS, Argument, integers, numbers, taken, words_of
from .result import Unreadable

DEEPEST = 50
"""Brackets within brackets; a data frame has four."""
WAY_OUT = "In R: dput(d), with the name of the table for d; paste what it prints."
_OPERATORS = (("|",), ("&",), ("==", "!=", "<", ">", "<=", ">=", "%in%"), ("+", "-"), ("*", "/"), (":",))
"""Those between two values, the weakest first; a sign before a value and ``^`` bind closer."""


class Expressions(SingleValues):
    """Reads expressions from the tokens of code, one after the other, with the objects that lines before have made."""

    def value(self) -> Value:
        """The value that begins at the next token.

        Raises
        ------
        Unknown
            Where the code does more than write data down.
        """
        self.depth += 1
        if self.depth > DEEPEST:
            raise Unreadable("{file} is nested too deeply.", WAY_OUT)
        value = self._operated(0)
        self.depth -= 1
        return value

    def _operated(self, level: int) -> Value:
        """Values between which stand operators of this level or of closer ones."""
        if level == len(_OPERATORS):
            return self._signed()
        left = self._operated(level + 1)
        while (sign := self.tokens[self.at]).kind == "sign" and sign.text in _OPERATORS[level]:
            self.at += 1
            right = self._operated(level + 1)
            left = self._run(left, right) if sign.text == ":" else operated(sign.text, left, right)
        return left

    def _signed(self) -> Value:
        """A value with signs before it, or none."""
        signs = ""
        while self.tokens[self.at].kind == "sign" and self.tokens[self.at].text in "+-":
            signs += self.tokens[self.at].text
            self.at += 1
        value = self._power()
        if signs and value.kind not in ("integer", "double", "logical"):
            raise Unknown(f"“{signs[:1]}” before what is no number")
        return operated("-", integers(np.zeros(1)), value) if signs.count("-") % 2 else value

    def _power(self) -> Value:
        """``2^3``, ``d$x``, ``letters[1:3]``, or a value by itself."""
        value = self._single()
        while self.tokens[self.at].kind == "sign" and self.tokens[self.at].text in ("[", "$", *PIPES):
            sign = self.tokens[self.at].text
            if sign in PIPES:
                value = self._piped(value)
            elif sign == "$" or self.tokens[self.at + 1].text == "[":
                value = column_of(value, self.column())
            else:
                value = self._chosen(value)
        if self.tokens[self.at].text == "^" and self.tokens[self.at].kind == "sign":
            self.at += 1
            self.depth += 1
            if self.depth > DEEPEST:
                raise Unreadable("{file} is nested too deeply.", WAY_OUT)
            value = operated("^", value, self._signed())
            self.depth -= 1
        return value

    def column(self) -> str:
        """The name in ``$x`` or ``[["x"]]``."""
        is_text = self.tokens[self.at].text == "["
        name = self.tokens[self.at + 1 + is_text]
        if name.kind != "text" and (is_text or name.kind != "name"):
            raise Unknown(f"“{name.text.strip()[:20]}” in brackets")
        self.at += 2 + is_text
        for _ in range(2 * is_text):
            self.expect("]")
        return name.text.strip("`\"'")

    def places(self, n: int) -> Array:
        """Which of so many values are chosen: ``[1:3]``, or ``[x > 4]``; values that are missing choose none."""
        self.expect("[")
        places = self._places(n)
        self.expect("]")
        return places

    def _places(self, n: int, of_rows: bool = False) -> Array:
        chosen = self.value()
        if chosen.kind == "logical" and len(chosen) == n:
            if of_rows and (chosen.data == MISSING).any():
                raise Unknown("rows chosen by what is missing")
            return np.flatnonzero(chosen.data == 1)
        places = numbers(chosen) - 1
        if chosen.kind == "logical" or not ((places >= 0) & (places < n)).all():
            raise Unknown("values chosen in brackets")
        return places.astype(int)

    def cells(self, frame: Value) -> tuple[Array | None, list[str | None] | None]:
        """The rows and the columns in ``[d$x > 4, ]`` or ``[, c("x", "y")]``; None where all are meant."""
        self.expect("[")
        at = None if self.tokens[self.at].text == "," else self._places(len(frame.data[0]), of_rows=True)
        self.expect(",")
        names = None if self.tokens[self.at].text == "]" else words_of(self.value())
        self.expect("]")
        return at, names

    def _chosen(self, value: Value) -> Value:
        """``letters[1:3]``, or rows of a data frame."""
        if is_frame(value) and value.data:
            return part_of(value, *self.cells(value))
        if value.kind not in KINDS:
            raise Unknown("values chosen in brackets")
        return taken(value, self.places(len(value)))

    def _piped(self, value: Value) -> Value:
        """``d |> transform(z = 2 * x)``."""
        self.at += 1
        name, bracket = self.tokens[self.at : self.at + 2]
        if name.kind != "name" or bracket.text != "(":
            raise Unknown(f"“{name.text.strip()[:20]}” after a pipe")
        self.at += 1
        return self._call(name.text.rpartition(":")[2].strip("`"), (Argument("", value),))

    def _run(self, first: Value, last: Value) -> Value:
        low, high = (float(numbers(end)[0]) if len(end) == 1 else np.nan for end in (first, last))
        n = abs(high - low) + 1
        self.check(n)
        return integers(np.arange(n) * (1 if high >= low else -1) + low)
