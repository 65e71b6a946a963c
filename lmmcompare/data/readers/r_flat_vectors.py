"""Vectors of numbers alone or of texts alone in R code, which tables are mostly made of, read at once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from .r_code_tokens import Token, unescaped
from .r_values import MISSING, Value
from .r_vectors import texts, vector


def flat_vector(tokens: Sequence[Token], at: int) -> tuple[Value, int] | None:
    """The value of a ``c()`` of numbers alone, or of texts alone, and the token behind it; None of others."""
    end, words = at, []
    while (token := tokens[end]).kind in ("number", "text") or token.text in ("NA", "-", ","):
        words.append(token)
        end += 1
    if token.text != ")" or any(left.text == right.text == "," for left, right in pairwise(words)):
        return None
    kinds = {word.kind for word in words if word.text not in ("NA", "-", ",")}
    if kinds == {"text"} and all(word.text != "-" for word in words):
        given = [word for word in words if word.text != ","]
        value = texts([unescaped(word.text[1:-1]) if word.kind == "text" else None for word in given])
    elif kinds == {"number"}:
        given_numbers = "".join(word.text for word in words).split(",")
        whole = all(word.endswith("L") or word == "NA" for word in given_numbers)
        try:
            found = [float("nan" if word == "NA" else word.removesuffix("L")) for word in given_numbers]
        except ValueError:
            return None
        if whole and any(abs(number) >= -MISSING for number in found):
            return None
        value = vector("double", found)
        if whole:
            value = vector("integer", np.where(np.isnan(value.data), MISSING, value.data))
    else:
        return None
    return value, end + 1
