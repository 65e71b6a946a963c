"""R's functions that make factors."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from .data_in_code import Unknown
from .r_values import MISSING, Value, as_text
from .r_vectors import Argument, Check, count, matched, numbers, taken, texts, vector, words_of


def factor(arguments: Sequence[Argument], check: Check) -> Value:
    """``factor(x, levels, labels)``."""
    given = matched(arguments, ("x", "levels", "labels", "exclude", "ordered"))
    words = words_of(given["x"]) if "x" in given else []
    if "levels" in given:
        levels = [word for word in words_of(given["levels"]) if word is not None]
    elif "x" in given and given["x"].kind in ("integer", "double") and not given["x"].classes:
        order = np.unique(numbers(given["x"])[~np.isnan(numbers(given["x"]))])
        levels = [str(word) for word in as_text(vector("double", order))]
    else:
        known = given["x"].texts("levels") if "x" in given else []
        levels = [w for w in known if w in set(words)] or sorted({w for w in words if w is not None})
    labels = [word or "" for word in words_of(given["labels"])] if "labels" in given else levels
    if len(labels) == 1 < len(levels):
        labels = [f"{labels[0]}{k + 1}" for k in range(len(levels))]
    if len(labels) != len(levels):
        raise Unknown("factor() whose labels are not as many as its levels")
    different = list(dict.fromkeys(labels))
    places = {level: different.index(label) + 1 for level, label in zip(levels, labels, strict=True)}
    codes = vector("integer", [places.get(word or "", MISSING) if word is not None else MISSING for word in words])
    ordered = "ordered" in given and bool(numbers(given["ordered"])[0] == 1)
    codes.attributes = {"levels": texts(different), "class": texts([*(["ordered"] if ordered else []), "factor"])}
    return codes


def _gl(arguments: Sequence[Argument], check: Check) -> Value:
    """``gl(levels, of each, length, labels)``."""
    given = matched(arguments, ("n", "k", "length", "labels", "ordered"))
    n, each = count(given.get("n"), 0), count(given.get("k"), 1)
    length = count(given.get("length"), n * each)
    check(max(n * each, length))
    levels = vector("integer", np.arange(1, n + 1))
    x = taken(levels, np.arange(length) // max(each, 1) % max(n, 1))
    more = [Argument(name, given[name]) for name in ("labels", "ordered") if name in given]
    return factor([Argument("x", x), Argument("levels", levels), *more], check)


def _releveled(arguments: Sequence[Argument], check: Check) -> Value:
    """``relevel(f, ref = "b")``."""
    given = matched(arguments, ("x", "ref"))
    levels = given["x"].texts("levels") if "x" in given else []
    first = words_of(given["ref"]) if "ref" in given else []
    if len(first) != 1 or first[0] not in levels:
        raise Unknown("relevel() to what is no level")
    order = [first[0], *(level for level in levels if level != first[0])]
    return factor([Argument("x", given["x"]), Argument("levels", texts(order))], check)


FACTORS: dict[str, Callable[[Sequence[Argument], Check], Value]] = {
    **dict.fromkeys(("factor", "as.factor"), factor),
    "ordered": lambda arguments, check: factor([*arguments, Argument("ordered", vector("logical", [1]))], check),
    "gl": _gl,
    "relevel": _releveled,
}
