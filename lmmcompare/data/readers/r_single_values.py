"""Values in R code that stand by themselves: numbers, texts, names of objects, and calls of the functions that write data down."""

from __future__ import annotations

from abc import ABC, abstractmethod
from string import ascii_lowercase, ascii_uppercase

import numpy as np

from .data_in_code import Unknown
from .r_code_tokens import number_of, tokens_of, unescaped
from .r_flat_vectors import flat_vector
from .r_frame_constructors import CONSTRUCTORS
from .r_summaries import SUMMARIES
from .r_values import MISSING, Value
from .r_vectors import Argument, texts
from .result import Limits

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


class SingleValues(ABC):
    """Reads single values from the tokens of code, one after the other, with the objects that lines before have made."""

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

    @abstractmethod
    def value(self) -> Value:
        """The value that begins at the next token, with the operators that follow."""

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
