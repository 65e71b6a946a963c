"""Values in R code: numbers, texts, names of objects, operators, and calls of the functions that write data down."""

from __future__ import annotations

from string import ascii_lowercase, ascii_uppercase

import numpy as np

from .data_in_code import Unknown
from .r_code_tokens import PIPES, number_of, tokens_of, unescaped
from .r_flat_vectors import flat_vector
from .r_frame_changes import column_of, is_frame, part_of
from .r_frame_constructors import CONSTRUCTORS
from .r_operators import operated
from .r_summaries import SUMMARIES
from .r_values import MISSING, Value
from .r_vectors import KINDS, Argument, integers, numbers, taken, texts, words_of
from .result import Limits, Unreadable

Array = np.ndarray  # the child that reads files does without the package: `lmmcompare.arrays` is not there
DEEPEST = 50
"""Brackets within brackets; a data frame has four."""
WAY_OUT = "In R: dput(d), with the name of the table for d; paste what it prints."
_OPERATORS = (("|",), ("&",), ("==", "!=", "<", ">", "<=", ">=", "%in%"), ("+", "-"), ("*", "/"), (":",))
"""Those between two values, the weakest first; a sign before a value and ``^`` bind closer."""
_IN_COLUMNS = ("tibble", "data_frame", "mutate", "transform", "filter", "subset")
"""Functions whose later arguments see the columns of those before them."""
_CONSTANTS = {
    "TRUE": ("logical", 1),
    "T": ("logical", 1),
    "FALSE": ("logical", 0),
    "F": ("logical", 0),
    "NA": ("logical", MISSING),
    "NA_integer_": ("integer", MISSING),
    "NA_real_": ("double", np.nan),
    "NaN": ("double", np.nan),
    "Inf": ("double", np.inf),
}


class Expressions:
    """Reads values from the tokens of code, one after the other, with the objects that lines before have made."""

    def __init__(self, text: str, limits: Limits) -> None:
        self.text, self.tokens, self.limits = text, tokens_of(text), limits
        self.at = self.depth = 0
        self.objects: dict[str, Value] = {}
        self.missed: dict[str, str] = {}
        """Why an object is not there."""
        self.parts: set[str] = set()
        """Tables that another was made of."""
        self.inner: list[dict[str, Value]] = []
        """The columns so far of each tibble() that is being read: they go before objects of the same name."""

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

    def check(self, n: float) -> None:
        """Refuse a vector that is longer than any column, or of no known length."""
        if not n <= self.limits.rows:
            self.limits.check(self.limits.rows + 1, 1)

    def _single(self) -> Value:
        token = self.tokens[self.at]
        self.at += 1
        if token.kind == "text":
            return texts([unescaped(token.text[1:-1])])
        if token.kind == "number":
            return number_of(token.text)
        if token.kind == "other":
            return Value("pointer")
        if token.kind == "sign" and token.text == "~":
            return self._formula(Value("symbol", "~"))
        if token.kind == "sign" and token.text == "(":
            value = self.value()
            self.expect(")")
            return value
        if token.kind != "name":
            self.at -= 1
            raise Unknown(f"“{token.text.strip()[:20]}”" if token.kind != "line" else "a line that does not end")
        if self.tokens[self.at].text == "(" and self.tokens[self.at].kind == "sign":
            return self._call(token.text.rpartition(":")[2].strip("`"))
        return self._named(token.text)

    def _named(self, name: str) -> Value:
        if name in _CONSTANTS:
            kind, value = _CONSTANTS[name]
            return Value(kind, np.array([value], float if kind == "double" else np.int32))
        if name == "NA_character_":
            return texts([None])
        if name == "NULL":
            return Value("NULL")
        bare = name.strip("`")
        for columns in reversed(self.inner):
            if bare in columns:
                return columns[bare]
        if bare in self.objects:
            if self.objects[bare].kind == "list" and self.tokens[self.at].text not in ("$", "["):
                self.parts.add(bare)
            return self.objects[bare]
        if bare in self.missed:
            raise Unknown(self.missed[bare])
        if name in ("letters", "LETTERS"):
            return texts(list(ascii_lowercase if name == "letters" else ascii_uppercase))
        raise Unknown(f"“{bare[:20]}”, which no line makes")

    def _call(self, function: str, given: tuple[Argument, ...] = ()) -> Value:
        """The value of a call whose first arguments are given, by a pipe."""
        self.at += 1
        constructor = CONSTRUCTORS.get(function)
        if constructor is None or (function in SUMMARIES and self.inner):  # mutate() may be of each group by itself
            raise Unknown(f"{function[:30]}()")
        if function == "c" and not given and (found := flat_vector(self.tokens, self.at)) is not None:
            value, self.at = found
            return value
        arguments = list(given)
        sees_columns = function in _IN_COLUMNS
        if sees_columns:
            self.inner.append(_columns_of(arguments))
        while self.tokens[self.at].text != ")" or self.tokens[self.at].kind != "sign":
            arguments.append(self._argument(function))
            if sees_columns:
                self.inner[-1] |= _columns_of(arguments[-1:])
            if self.tokens[self.at].text == ",":
                self.at += 1
            elif self.tokens[self.at].text != ")":
                raise Unknown(f"“{self.tokens[self.at].text.strip()[:20]}” in {function}()")
        self.at += 1
        if sees_columns:
            self.inner.pop()
        return constructor(arguments, self.check)

    def _argument(self, function: str) -> Argument:
        name, sign = self.tokens[self.at], self.tokens[self.at + 1]
        given = name.kind in ("name", "text") and sign.kind == "sign" and sign.text == "="
        if not given:
            word = name.text.strip("`") if name.kind == "name" and sign.text in (",", ")") else ""
            return Argument("", self.value(), word)
        self.at += 2
        text = name.text.strip("`") if name.kind == "name" else unescaped(name.text[1:-1])
        if function == "structure":
            return Argument(text, self._attribute(text))
        return Argument(text, self.value())

    def _attribute(self, name: str) -> Value:
        """An attribute; of one that is no data, such as a function that nlme keeps with a table, nothing."""
        if name == "formula":
            return self._formula(None)
        begin, depth = self.at, self.depth
        try:
            return self.value()
        except Unknown:
            self.at, self.depth = begin, depth
            self.skip((",", ")"))
            return Value("NULL")

    def _formula(self, tilde: Value | None) -> Value:
        """``~ x`` of tribble(), or ``y ~ x | g`` that nlme keeps with a table, as R's calls; of other formulas nothing."""
        names = []
        while self.tokens[self.at].text not in (",", ")") and self.tokens[self.at].kind != "line":
            names.append(self.tokens[self.at])
            self.at += 1
        words = [token.text.strip("`") for token in names]
        symbols = [Value("symbol", word) for word in words if word not in ("~", "|", "/")]
        if tilde is not None and len(words) == 1:
            return Value("call", [tilde, symbols[0]], ["", ""])
        signs = [word for word in words if word in ("~", "|", "/")]
        if tilde is None and signs == ["~", "|"] and len(symbols) == 3:
            right = Value("call", [Value("symbol", "|"), *symbols[1:]], [""] * 3)
            return Value("call", [Value("symbol", "~"), symbols[0], right], [""] * 3)
        return Value("NULL")

    def expect(self, sign: str) -> None:
        """Go on behind this sign, which must be next."""
        if self.tokens[self.at].text != sign:
            raise Unknown(f"“{self.tokens[self.at].text.strip()[:20]}”")
        self.at += 1

    def skip(self, ends: tuple[str, ...]) -> None:
        """Go on to the end of the line, or to one of these signs, outside of brackets."""
        depth = 0
        while self.tokens[self.at].kind != "line" or depth > 0:
            token = self.tokens[self.at]
            if depth == 0 and token.kind == "sign" and token.text in ends:
                return
            depth += (token.text in "([{") - (token.text in ")]}") if token.kind == "sign" else 0
            self.at += 1


def _columns_of(arguments: list[Argument]) -> dict[str, Value]:
    """The columns that arguments are, or that the tables among them have."""
    result: dict[str, Value] = {}
    for argument in arguments:
        is_table = argument.value.kind == "list" and not argument.name
        result |= dict(argument.value.named()) if is_table else {argument.name: argument.value}
    return result
